"""What mail programs write around a quote, in the languages in which they write it: pieces of regular expressions."""

import re


def _any(text: str) -> str:
    """The alternatives that stand in a text over several lines."""
    return "|".join(text.strip().splitlines())


# "… wrote:", behind whoever did.
WROTE = _any(
    r"""
wrote|writes|said|schrieben Sie|schrieb|schrieben|geschrieben|a écrit|écrit|nous a dit|ha scritto|scrisse
escribió|escribio|escreveu|schreef|het volgende geschreven|geschreven|skrev|følgende|kirjoitti|napisał|napisała
napisał\(a\)|pisze|napsal|napsala|napsal\(a\)|napísal|napísala|napísal\(a\)|написал|написала|написал\(а\)|пишет
пише|написав|írta|ezt írta|a scris|έγραψε|yazdı|şunu yazdı|写道|寫道|のメッセージ|さんは書きました|書きました
작성|님이 작성|כתב|כתבה|كتب|đã viết|viết|เขียนว่า|เขียน|je napisao|je napisala|je napisao/la|je napisal
je napisal/-a|va escriure|escrigué|menulis|rašė|parašė|rakstīja|kirjutas|skrifaði|napisa
"""
)
# What such a line begins with.
BEGINS = _any(
    r"""
On|At|In message|In article|Am|Le|El|Il|In data|Il giorno|Em|No dia|A|Op|Den|Dne|Dňa|Dnia|W dniu|Pe|På|Na|El dia
În data de|La data de|Στις|Tarihinde|在|於|于|Vào|Pada|เมื่อ|ב-|ב|في|Am Datum|Mnt|U|V|В|On the|Quoting
"""
)
WEEKDAYS = _any(
    r"""
Mon|Tue|Wed|Thu|Fri|Sat|Sun|Mo|Di|Mi|Do|Fr|Sa|So|lun|mar|mer|jeu|ven|sam|dim|mié|jue|vie|sáb|dom|seg|ter|qua|qui
sex|ma|wo|za|zo|man|tir|tirs|ons|tor|tors|fre|lør|søn|mån|tis|lör|sön|ti|ke|to|pe|la|su|pon|wt|śr|czw|pt|sob
niedz|po|út|st|čt|pá|ne|пн|вт|ср|чт|пт|сб|вс|нд|Пн|Вт|Ср|Чт|Пт|Сб|Вс|Нд|Pzt|Sal|Çar|Per|Cum|Cmt|Paz
"""
)
# Between dashes, above another mail.
ORIGINAL = _any(
    r"""
Original Message|Original E-?mail|Original Appointment|Forwarded message|Reply message|Ursprüngliche Nachricht
Urspr. Nachricht|Original-Nachricht|Originalnachricht|Originale Nachricht|Weitergeleitete Nachricht
Message d'origine|Message d’origine|Message original|Message initial|Message transféré|Mensaje original
Mensaje reenviado|Messaggio originale|Messaggio inoltrato|Mensagem original|Mensagem encaminhada
Oorspronkelijk bericht|Originele bericht|Oorspronkelijke bericht|Doorgestuurd bericht|Ursprungligt meddelande
Originalmeddelande|Vidarebefordrat meddelande|Opprinnelig melding|Videresendt melding|Oprindelig meddelelse
Original meddelelse|Oprindelig besked|Videresendt besked|Alkuperäinen viesti|Välitetty viesti
Wiadomość oryginalna|Oryginalna wiadomość|Wiadomość przekazana|Původní zpráva|Přeposlaná zpráva|Pôvodná správa
Eredeti üzenet|Továbbított üzenet|Mesaj original|Mesaj redirecționat|Исходное сообщение|Пересылаемое сообщение
Пересланное сообщение|Оригинальное сообщение|Оригінальне повідомлення|Переслане повідомлення|Αρχικό μήνυμα
Προωθημένο μήνυμα|Orijinal Mesaj|Özgün İleti|İletilmiş mesaj|原始邮件|原始郵件|转发的邮件|轉寄郵件|转发邮件信息
元のメッセージ|転送メッセージ|Original Message Follows|원본 메시지|전달된 메시지|原始信件|הודעה מקורית
הודעה שהועברה|الرسالة الأصلية|رسالة معاد توجيهها|Thư gốc|Pesan Asli
"""
)
FORWARDS = _any(
    r"""
Begin forwarded message|Anfang der weitergeleiteten Nachricht|Anfang der weitergeleiteten E-Mail
Début du message réexpédié|Début du message transféré|Inizio messaggio inoltrato|Inicio del mensaje reenviado
Início da mensagem encaminhada|Begin doorgestuurd bericht|Vidarebefordrat brev|Videresendt besked
Start på videresendt melding|Päättyi välitetty viesti|Välitetty viesti alkaa|Początek przekazywanej wiadomości
Начало переадресованного сообщения|Začátek přeposlané zprávy|下面是被转发的邮件|以下是轉寄的郵件
転送されたメッセージ
"""
)
# What other desks put above their mails.
ABOVE = _any(
    r"""
reply above this line|type your reply above|reply above th(?:is|e) line|please reply above|write above this line
oberhalb dieser (?:Zeile|Linie)|über dieser (?:Zeile|Linie)|répondre au-dessus de cette ligne
responda (?:por encima|encima) de esta línea|scrivi (?:al di )?sopra (?:di )?questa (?:riga|linea)
boven deze (?:regel|lijn)|responda acima desta linha
"""
)
# Names of headers, as programs write them above what they quote.
FROM = _any(
    r"""
From|Von|De|Da|Van|Fra|Från|Od|От|Від|От кого|Lähettäjä|Feladó|Kimden|Gönderen|Από|发件人|寄件者|寄件人|差出人
보낸 사람|보낸사람|מאת|من|De la|Expéditeur|Mittente|Remitente|Remetente|Afzender|Avsändare|Afsender|Absender
Šalje|Pošiljatelj
"""
)
SENT = _any(
    r"""
Sent|Date|Sent on|Gesendet|Gesendet am|Datum|Envoyé|Envoyé le|Date d'envoi|Enviado|Enviado el|Enviada|Enviada em
Enviado em|Fecha|Fecha de envío|Data|Inviato|Data invio|Verzonden|Verzonden op|Sendt|Dato|Skickat|Lähetetty
Päivämäärä|Päiväys|Wysłano|Wysłane|Data wysłania|Odesláno|Odoslané|Отправлено|Дата|Надіслано|Elküldve|Dátum
Gönderme Tarihi|Gönderildi|Tarih|Trimis|Στάλθηκε|Ημερομηνία|发送时间|日期|寄件日期|送信日時|日時|日付|보낸 날짜
날짜|תאריך|נשלח|تاريخ|تم الإرسال|Poslano|Poslato
"""
)
OTHERS = _any(
    r"""
To|An|À|Á|A|Para|Aan|Til|Till|Do|Komu|Кому|Vastaanottaja|Címzett|Kime|Alıcı|Προς|收件人|收件者|宛先|받는 사람
받는사람|אל|إلى|Către|Za|Prima|Destinataire|Destinatario|Cc|Kopie|Copie|CC|Копия|Копія|DW|Kopia|Kopio|Másolat
Bilgi|抄送|副本|참조|עותק|Bcc|Reply-To|Antwort an
Répondre à|Importance|Wichtigkeit|Priority|Attachments|Anlagen|Organization
"""
)
SUBJECT = _any(
    r"""
Subject|Betreff|Objet|Sujet|Asunto|Oggetto|Assunto|Onderwerp|Emne|Ämne|Aihe|Temat|Předmět|Predmet|Тема|Tárgy|Konu
Θέμα|Subiect|主题|主題|主旨|件名|제목|נושא|الموضوع
"""
)
OTHERS = f"{OTHERS}|{SUBJECT}"
# What telephones and programs put beneath, at a line's beginning.
SENT_FROM = _any(
    r"""
Get Outlook for|Get BlueMail for|Get TypeApp for|Download Outlook for|Holen Sie sich Outlook|Outlook für
Von meinem .{1,60} gesendet|Diese Nachricht wurde von meine[mr] .{1,80} gesendet
Télécharger Outlook|Obtenez Outlook|Obtenir Outlook|Obtener Outlook|Obtenga Outlook|Obter o Outlook|Obtenha o Outlook
Ottieni Outlook|Scarica Outlook|Outlook voor|Download Outlook|Hent Outlook|Skaffa Outlook|Hämta Outlook|Hanki Outlook
Pobierz (?:program )?Outlook|Скачать Outlook|Iphone-omról küldve|iPhone'umdan gönderildi|iPhone’umdan gönderildi
.{1,40} gönderildi$|.{1,40}から送信|发自我的|從我的 .{1,30} 傳送|发送自|寄自我的|나의 .{1,30}에서 보냄|נשלח מה
أُرسلت من|أرسلت من
"""
)
# The same where the words might be the writer's own: one of the devices or programs below must follow.
SENT_BY = _any(
    r"""
Sent (?:from|via|with|by|using)|Gesendet (?:mit|von|über|aus|via|auf)
Diese Nachricht wurde (?:von|mit)|Envoyé (?:de|depuis|à partir|avec|par|via)
Enviado (?:desde|do|pelo|de|con|a partir|via|por)|Inviato (?:da|dal|con|tramite)
Verstuurd (?:vanaf|met|via|door)|Verzonden (?:vanaf|met|via|door)|Sendt (?:fra|med|via)|Skickat (?:från|med|via)
Lähetetty|Wysłan[oe] z|Odesláno z|Odoslané z|Отправлено (?:с|из|от)|Послано с|Надіслано з|Trimis (?:de|din|cu)
Elküldve|Στάλθηκε από|Được gửi từ|Dikirim dari|Poslano (?:iz|s)|Saadetud|Išsiųsta
"""
)
DEVICES = _any(
    r"""
iPhone|iPad|iPod|iOS|Android|Samsung|Galaxy|Huawei|Honor|Xiaomi|Redmi|Pixel|OnePlus|Motorola|Nokia|Sony|Xperia|HTC
Oppo|Fairphone|BlackBerry|Windows|Outlook|Gmail|Yahoo|Proton|ProtonMail|Proton Mail|Tutanota|Tuta|Thunderbird|K-9
FairEmail|Spark|Airmail|Mailbird|Newton|Superhuman|Nine|Aqua ?Mail|BlueMail|TypeApp|Edison|iCloud|AOL|GMX|WEB\.DE
Freenet|T-Online|Mail\.Ru|Яндекс\.Почт\w*|Yandex\S*|Zoho|Zimbra|Roundcube|Horde|eM Client|Mail (?:for|für|pour)
my (?:mobile|phone|tablet|handheld|cell)|mobile device|mobile phone|smartphone|handy|mobiltelefon|mobilgerät
mon (?:mobile|téléphone|appareil|portable)|mi (?:móvil|celular|teléfono)|dispositivo|cellulare|telefonu|puhelimesta
mobiel|telefoon|mobil|mobilen
"""
)
# Subjects of automatic replies.
AUTOMATIC = _any(
    r"""
auto(?:matic)?[ -]?(?:reply|response|responder)|out of (?:the )?office|ooo\b|auto:|automated reply|away from
autoreply|abwesenheitsnotiz|abwesenheit|abwesend\b|nicht im (?:büro|haus)\b|automatische antwort
automatische rückantwort|autom\. antwort|réponse automatique
absence du bureau|absent du bureau|message d['’]absence|notification d['’]absence|hors du bureau|absent\(e\)
eingangsbestätigung|empfangsbestätigung|accusé de réception|automatische eingangsbestätigung
respuesta automática|fuera de (?:la )?oficina
risposta automatica|fuori ufficio|resposta automática|ausência|fora do escritório|automatisch antwoord
afwezigheid|afwezig|autosvar|automatisk svar|automatiskt svar|fraværsmelding|frånvaro|automaattinen vastaus
poissa|autoodpowiedź|automatyczna odpowiedź|odpowiedź automatyczna|automatická odpověď|automatická odpoveď
автоответ|автоматический ответ|автоматична відповідь|automatikus válasz|răspuns automat|αυτόματη απάντηση
otomatik yanıt|自动回复|自動回覆|自動返信|自動応答|不在通知|자동 회신|부재중|תגובה אוטומטית|رد تلقائي
trả lời tự động
"""
)
# Subjects of mails that came back.
FAILED = _any(
    r"""
undeliver(?:ed|able)|mail delivery (?:failed|failure|subsystem|error|problem)
delivery (?:status notification|failure|failed|has failed|problem|unsuccessful|report)|failure notice
failed mail|returned mail|mail returned|returned to sender|return(?:ed)? (?:message|mail)
non[- ]?deliver(?:y|able)|message (?:delivery failed|undeliverable|not delivered|could not be delivered)
couldn't be delivered|mail (?:could not be delivered|system error|error)|user unknown|unknown user
delivery notification|unzustellbar|nicht zustellbar|zustellung fehlgeschlagen|fehlgeschlagen|non remis
échec de la remise|non distribu|no se (?:puede|pudo) entregar|devuelto|no entregado|mancata consegna
impossibile recapitare|não (?:entregue|foi possível)|onbestelbaar|niet afgeleverd|olevererbart
kunne ikke leveres|kunde inte levereras|niedostarczon|nedoručiteln|недоставлен|не доставлен|退信|投递失败
配信不能|配信できません|rejected|bounce
"""
)


def anyof(words: str) -> str:
    """A group of these words."""
    return f"(?:{words})"


def header_names(words: str) -> re.Pattern[str]:
    """A line that begins with one of these names and a colon, perhaps in bold."""
    return re.compile(rf"^[\s>*_]*{anyof(words)}[\s*_]*[:：][*_]*(?:\s|$|\S)", re.IGNORECASE)
