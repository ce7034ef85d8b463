// The page of a topic: printing, which a page cannot do by itself.
const print = document.getElementById("print");
print.hidden = false;
print.addEventListener("click", () => window.print());
