// Tells of what others change while a page is open. The desk works without this file.
const PLACES = { facts: ["/desk/facts"], actions: ["/desk/facts", "/desk/notices", "/desk/questions", "/desk/audit"] };

const live = document.getElementById("live");
if (document.querySelector(".sign-out")) {
  const here = location.pathname;
  const events = new EventSource("/desk/events");
  events.addEventListener("change", ({ data }) => {
    if (!PLACES[data]?.some((place) => here === place || here.startsWith(`${place}/`))) return;
    const again = document.createElement("a");
    again.href = here + location.search;
    again.textContent = "Visa det nya";
    live.replaceChildren("Något har ändrats sedan sidan visades. ", again);
  });
}
