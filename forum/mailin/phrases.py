"""How mail programmes say, in many languages, what they add to what somebody wrote. Pure."""

import re

WROTE = "|".join(
    (
        r"wrote|schrieb|geschrieben|a écrit|a ecrit|escribió|escribio|ha scritto|schreef|geschreven|skrev|skrifaði|escreveu",
        r"napisał(?:\(a\)|a)?|napsal(?:\(a\)|a)?|napísal(?:\(a\))?|kirjoitti|kirjutas|írta|a scris|yazd\u0131|ysgrifennodd|scríobh",
        r"\u043d\u0430\u043f\u0438\u0441\u0430\u043b(?:\(\u0430\))?|\u043f\u0438\u0448\u0435\u0442|έγραψε",
    )
)
WROTE_WITHOUT_SPACES = r"写道|寫道|のメール|작성"
COLON = r"[:\uff1a]"
ATTRIBUTION = re.compile(rf"(?:\b(?:{WROTE})\b|{WROTE_WITHOUT_SPACES})[^\n]{{0,200}}{COLON}\s*$", re.IGNORECASE)
ADDRESSED = re.compile(
    rf"(?=.*\d)(?=.*<[^<>\s]+@[^<>\s]+>|.*\b\d{{4}}\b.*\d[:.]\d\d|.*\d[:.]\d\d.*\b\d{{4}}\b).*{COLON}\s*$"
)
"""A sentence of any language that ends with ":" and holds numbers and an address, or a year and a time."""
ADDRESSES = re.compile(r"<[^<>]*>|\S+@\S+")
ORIGINALS = "|".join(
    (
        "original message|original appointment|ursprüngliche nachricht|originalnachricht|message d[’']origine|message original",
        "mensaje original|messaggio originale|oorspronkelijk bericht|ursprungligt meddelande|originalmeddelande",
        "oprindelig meddelelse|opprinnelig melding|mensagem original|wiadomość oryginalna|původní zpráva|neges wreiddiol",
        "forwarded message|weitergeleitete nachricht",
    )
)
ORIGINAL = re.compile(rf"^\s*-{{2,}}\s*(?:{ORIGINALS})\s*-{{2,}}\s*$", re.IGNORECASE)
RULE = re.compile(r"^\s*[_\u2500\u2014-]{10,}\s*$")
FROM = "from|von|de|da|van|från|fra|od|oddiwrth|o|expéditeur|lähettäjä|feladó"
SENT = "|".join(
    (
        "sent|date|gesendet|datum|envoyé|enviado|enviado el|fecha|data|inviato|verzonden|skickat|sendt|wysłano|odesláno|anfonwyd",
        "lähetetty",
    )
)
TO = "to|an|à|para|a|aan|till|til|do|komu|at|pour|vastaanottaja|cc"
HEADER = r"^\s*[*_]{{0,2}}(?:{})[*_]{{0,2}}\s?:[*_]{{0,2}}\s*\S"
IS_FROM, IS_SENT, IS_TO = (re.compile(HEADER.format(words), re.IGNORECASE) for words in (FROM, SENT, TO))
QUOTE = re.compile(r"^\s?[>|\uff1e]")
SIGNATURE = re.compile(r"^--[ \u00a0]?$")
DEVICES = "|".join(
    (
        "sent (?:from|via) (?:my |outlook|mail for|yahoo|proton|the |blue)|get outlook for|von meinem .{2,30} gesendet",
        "gesendet (?:von|mit)|envoyé (?:de|depuis) mon|enviado desde mi|inviato da|verstuurd vanaf mijn|skickat från min",
        "sendt fra min|enviado do meu|wysłane z|anfonwyd o fy|outlook für (?:ios|android)|télécharger outlook|obtener outlook",
        "holen sie sich outlook",
    )
)
ON_THE_WAY = re.compile(rf"^\s*(?:{DEVICES}).{{0,80}}$", re.IGNORECASE)
NOTICE = re.compile(
    r"confidential|privileged|intended (?:recipient|solely|only)|addressee|disclaimer|disclosure|received (?:it|this) in error|virus|"
    r"vertraulich|adressat|confidentiel|destinataire|cyfrinachol|riservat|vertrouwelijk",
    re.IGNORECASE,
)
