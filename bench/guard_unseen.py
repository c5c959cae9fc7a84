"""More sentences, written after the patterns had been mended for the others: words that the guard had never seen."""

SENTENCES = {
    "it": {
        "card": [
            "Ma è normale che sulla mia Visa {} ci siano tre movimenti uguali?",
            "{} è la carta con cui ho comprato i biglietti",
        ],
        "iban": ["Coordinate per lo storno: {}, banca di mia madre", "accreditate qui per cortesia {}"],
        "codice_fiscale": [
            "Tessera sanitaria {} e non mi fate registrare?",
            "inserisco {} e il sito dice errore",
        ],
        "pesel": ["il documento polacco riporta {} come identificativo"],
        "email": ["Vi ho scritto tre volte da {} e zero risposte", "Grazie Marta, abbiamo risposto su {}"],
        "phone": ["sono raggiungibile solo la sera, {}", "Vi lascio il recapito di mia madre: {}"],
        "order_number": [
            "Dove si trova il mio ordine? Codice {}",
            "spedizione {} bloccata a Piacenza da lunedì",
        ],
        "password": [
            "ho messo come password {} come diceva l'sms e non va",
            "Le abbiamo impostato la password {}",
        ],
        "address": ["Sono in {} e non ho linea da ieri", "il modem va spedito a {} per favore"],
    },
    "pl": {
        "card": [
            "Czy to normalne że na karcie {} są trzy takie same obciążenia?",
            "{} tą kartą kupiłem bilety",
        ],
        "iban": ["Dane do zwrotu: {}, bank mojej mamy", "przelejcie tutaj {}"],
        "codice_fiscale": ["z włoskiej karty zdrowia: {}"],
        "pesel": ["wpisuję {} i strona wyrzuca błąd", "Proszę zweryfikować dane klienta {} w systemie"],
        "email": ["Pisałem trzy razy z {} i cisza", "Pani Marto, odpowiedzieliśmy na {}"],
        "phone": ["jestem dostępny tylko wieczorem, {}", "Zostawiam kontakt do mamy: {}"],
        "order_number": [
            "Gdzie jest moje zamówienie? Numer {}",
            "przesyłka {} stoi w sortowni od poniedziałku",
        ],
        "password": ["ustawiłam hasło {} tak jak w smsie i nie działa", "Ustawiliśmy Pani hasło {}"],
        "address": ["Jestem na {} i od wczoraj nie mam internetu", "router proszę wysłać na {}"],
    },
    "en": {
        "card": [
            "Is it normal that my Visa {} shows three identical charges?",
            "{} is what I bought the tickets with",
        ],
        "iban": ["Details for the refund: {}, my mum's bank", "just pay it here {}"],
        "codice_fiscale": ["typing {} into your Italian site gives an error"],
        "pesel": ["I enter {} and the page throws an error"],
        "email": ["I've written three times from {} and heard nothing", "Thanks Martha, we replied to {}"],
        "phone": ["only reachable in the evening, {}", "Leaving my mum's contact: {}"],
        "order_number": ["Where is my order? Code {}", "parcel {} stuck at the depot since Monday"],
        "password": ["I set the password {} like the text said and nope", "We've set your password to {}"],
        "address": ["I'm at {} with no line since yesterday", "router should be posted to {} please"],
    },
}

NOTHING = {
    "it": [
        "Oggi 2§ gradi, coda di § km sulla A1 dal km 1§# al km 2##",
        "Ho 7§ anni e vi seguo dal 19§#, mai visto un servizio così",
        "Conguaglio da 1§#,45 a 2##,90 euro in 2 rate, vi pare giusto?",
        "Il decoder segna E-4§ e poi 0§:00 lampeggiante",
        "Hanno 30.000 punti vendita in via di chiusura, 1.§00 entro giugno",
        "Ci sentiamo domani, stessa ora, 17:§0 circa. ^FP",
        "Taglie dalla 36 alla 46, colori 12, prezzo da 19,99 a 5§,00",
        "Ticket da §0 euro e coda di 3 ore in piazza",
        "Il 5G copre il 9§% del territorio, dati AGCOM 2025",
        "risposta al tweet delle 8 del mattino: ordine annullato, grazie",
        "La password va cambiata ogni 90 giorni, il PIN mai",
        "40°C in vagone, posto 1§A carrozza 0§, vergogna",
    ],
    "pl": [
        "Dziś 2§ stopni, korek § km na A4 od 1§# do 2## kilometra",
        "Mam 7§ lat, jestem klientem od 19§#, takiego bałaganu nie było",
        "Rachunek wzrósł z 1§#,45 na 2##,90 zł, w 2 ratach",
        "Dekoder pokazuje E-4§ i mruga 0§:00",
        "30 000 punktów sprzedaży, z tego 1 §00 do zamknięcia",
        "Do usłyszenia jutro o tej samej porze, 17:§0. ^FP",
        "Rozmiary 36-46, kolory 12, cena od 19,99 do 5§,00",
        "Zasięg 5G ma 9§% kraju, dane UKE 2025",
        "odpowiedź na tweet z 8 rano: zamówienie anulowane, dzięki",
        "Hasło trzeba zmieniać co 90 dni, PIN nigdy",
        "40°C w wagonie, miejsce 1§ wagon 0§, wstyd",
        "Linia 1§ jedzie objazdem przez pl. Wolności do 20:§0",
    ],
    "en": [
        "2§ degrees, § mile queue on the M25 from J1§ to J2#",
        "I'm 7§ and a customer since 19§#, never seen anything like it",
        "Bill went from £1§#.45 to £2##.90 in 2 instalments, fair?",
        "The box shows E-4§ and then blinks 0§:00",
        "30,000 shops, 1,§00 of them on the High Street closing by June",
        "Speak tomorrow same time, about 17:§0. ^FP",
        "Sizes 36 to 46, 12 colours, from 19.99 to 5§.00",
        "5G covers 9§% of the country, Ofcom 2025",
        "re your 8 am tweet: order cancelled, thanks",
        "Passwords change every 90 days, the PIN never",
        "40C in coach 0§, seat 1§A, shame on you",
        "Route 1§ runs via Church Road until 20:§0",
    ],
}
