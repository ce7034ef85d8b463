"""Nets under the reviewers: patterns, one set for each language, of what no text may say.

`city_pays` is the City as one who pays or gives, unless it is denied; `promise` is a promise of the grant.
The other fields are sentences that prove that the nets hold. A language without nets fails.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Net:
    city_pays: str
    pays: str
    pays_not: str
    promise: str
    promised: str


NETS = {
    "sv": Net(
        r"(?:stad(?:en)?|kommunen|stadsdel\w*|socialtjänsten|vi) (?:betalar|ger|delar|lånar)\b"
        r"(?! (?:inget|ingen|inga|inte|varken))",
        "Stockholms stad betalar bidraget.",
        "Stockholms stad betalar inget bidrag.",
        r"\bdu (?:kan få|får|kommer att få|har rätt|kan söka|uppfyller)\b|\bbeviljas?\b|\buppfyller\b|\bgodkän",
        "Du kan få bidraget.",
    ),
    "en": Net(
        r"(?:city|municipality|districts?|social services|we) (?:pays?|gives?|hands?|lends?)\b"
        r"(?! (?:no|neither|nothing))",
        "The City pays the grant.",
        "The City pays no grant.",
        r"\byou (?:can get|get|will get|are eligible|can apply|qualify|meet)\b|\bapproved?\b|\bentitled\b",
        "You qualify.",
    ),
    "fi": Net(
        r"\b(?:kaupunki|kunta|kaupunginosa\w*|sosiaalipalvelut|me) (?:maksa\w+|antaa|annamme|myöntää)",
        "Kaupunki maksaa avustuksen.",
        "Kaupunki ei maksa avustusta.",
        r"\b(?:saat|voit saada|sinulla on oikeus|voit hakea)\b|\bhyväksyt",
        "Sinulla on oikeus avustukseen.",
    ),
    "ar": Net(
        r"(?:البلدية|بلدية ستوكهولم|الأحياء|الاجتماعية|\bنحن) (?:تدفع|تمنح|تعطي|ندفع|نمنح|نعطي)",
        "بلدية ستوكهولم تدفع المنحة.",
        "بلدية ستوكهولم لا تدفع أي منحة.",
        r"يمكنك الحصول|ستحصل على المنحة|يحق لك|أنت مؤهل|تمت الموافقة",
        "يحق لك الحصول على المنحة.",
    ),
    "fa": Net(
        r"\b(?:شهر|استکهلم|کمون|ناحیه|اجتماعی|ما)\b[^.،؛:\n]{0,50}(?<!ن)(?<!جواب )(?<!نشان )می‌(?:پرداز|ده)",
        "شهر استکهلم این پول را می‌پردازد.",
        "شهر استکهلم این پول را نمی‌پردازد.",
        r"می‌توانید [^.]{0,30}بگیرید|حق دارید|واجد شرایط|تأیید می‌شود",
        "شما حق دارید.",
    ),
    "ps": Net(
        r"(?:ښاروالي|سټاکهولم|کمون|موږ)\b[^.،؛:؟\n]{0,60}(?<!نه )(?<!معلومات )(?<!ځواب )(?:ورکوي|ورکوو)",
        "ښاروالي مالي مرسته ورکوي.",
        "ښاروالي مالي مرسته نه ورکوي.",
        r"تاسو (?:اخیستلای شئ|حق لرئ)|حق لرئ|ستاسو غوښتنه منل",
        "تاسو حق لرئ.",
    ),
    "ckb": Net(
        r"(?:شارەوانی|ستۆکهۆڵم|کۆمۆن|ئێمە)\b[^.،؛:؟\n]{0,60}(?<!نا)"
        r"(?<!وەڵام )(?<!زانیاری )(?<!بڕیار )(?<!یارمەتی )(?<!یارمەتیت )(?<!پیشانت )(?:دەدات|دەدەین)",
        "شارەوانی یارمەتییەکە دەدات.",
        "شارەوانی یارمەتییەکە نادات.",
        r"مافی ئەوەت هەیە|یارمەتییەکە وەردەگریت|دەتوانیت یارمەتییەکە وەربگریت",
        "تۆ یارمەتییەکە وەردەگریت.",
    ),
    "so": Net(
        r"(?:degmad\w*|magaalad\w*|dawladda hoose|adeegyada bulshada)[^.,;:?\n]{0,40}\b(?:bixisaa|bixiyaan|siisaa)\b",
        "Magaaladu deeqda way bixisaa.",
        "Magaaladu deeqdaas ma bixiso.",
        r"waad heli kartaa|waad helaysaa|xaq ayaad u leedahay|waa la ogolaaday",
        "Deeqda waad heli kartaa.",
    ),
    "ti": Net(
        r"(?:ከተማ|ኮሙን|ንሕና)[^።፣:?\n]{0,40}\s(?:ትኸፍል|ይኸፍል|ትህብ|ይህብ|ንኸፍል|ንህብ)\b",
        "ከተማ ስቶክሆልም እቲ ሓገዝ ትኸፍል።",
        "ከተማ ስቶክሆልም እቲ ሓገዝ ኣይትኸፍልን።",
        r"ክትረኽብ|ክትረኽቡ ትኽእሉ|መሰል ኣለኩም",
        "እቲ ሓገዝ ክትረኽቡ ትኽእሉ።",
    ),
    "uk": Net(
        r"\b(?:міст[оа]|муніципалітет\w*|комун[аи]|район\w*|соціальн\w+ служб\w+|ми) "
        r"(?:плат|сплачу|виплачу|дає|надає)\w*",
        "Місто виплачує допомогу.",
        "Місто не виплачує допомоги.",
        r"(?<!обіцянка, що )\bви (?:можете отримати|отримаєте|маєте право|можете подати)\b|\bсхвал",
        "Ви отримаєте гроші.",
    ),
    "ru": Net(
        r"\b(?:город|муниципалитет|коммун[аы]|район\w*|социальн\w+ служб\w+|мы) "
        r"(?:плат|выплачив|да[её]|предоставля)\w*",
        "Город выплачивает пособие.",
        "Город не выплачивает пособие.",
        r"\bвы (?:можете получить|получите|имеете право|можете подать)\b|\bодобр",
        "Вы получите пособие.",
    ),
    "tr": Net(
        r"\b(?:belediye(?:si)?|komün|semt idareleri|sosyal hizmetler|biz)\b[^.,;:?\n]{0,60}"
        r"(?<!karar )(?<!bilgi )(?<!cevap )(?<!yanıt )\b(?:öder|öderiz|ödüyor|verir|veriyor|veririz)\b",
        "Belediye bu ödeneği öder.",
        "Belediye bu ödeneği ödemez.",
        r"\b(?:alabilirsiniz|alacaksınız|hakkınız var|onaylandı)\b",
        "Ödeneği alabilirsiniz.",
    ),
}
