"""What people write to a colleague, with the kinds of answer that each may get.

`TUNED_ON` was looked at while the rules were written. `KEPT_ASIDE` was not: it tells how well they
carry over, and nothing may be changed for the sake of one of its lines.
"""

FRIENDLY, HELP, QUESTION, ERROR, ESTATE, LOOK = (
    "friendly",  # a short word, and three things to ask
    "help",  # not understood: three things to ask
    "question",  # answered from the catalogue or the record
    "error",  # explained, or honestly not known
    "estate",  # where connections are written, and who changes that
    "look",  # a command that only looks
)
ANY = frozenset({FRIENDLY, HELP, QUESTION})
SMALL = frozenset({FRIENDLY})
LOST = frozenset({HELP, QUESTION, FRIENDLY})

TUNED_ON: tuple[tuple[str, frozenset[str]], ...] = (
    *(
        (text, SMALL)
        for text in (
            "thanks!",
            "hello",
            "Hi there",
            "good morning everyone",
            "danke dir!",
            "merci beaucoup",
            "thx a lot :pray:",
            "okay cool",
            "thnaks",
            "guten Morgen",
            "see you tomorrow",
            "👍",
            "are you a bot?",
            "how are you?",
            "test",
            "all good",
            "Hola, buenos días",
            "bonjour",
            "lol",
            "great job",
            "thank you very much",
            "ok",
            "yes please",
            "no worries",
            "bye!",
            "Grazie mille",
            "helllooooo",
            "good night",
            "obrigado",
            "привет",
            "こんにちは",
            "hej",
            "what's up",
            "never mind",
            "sorry",
            "haha nice",
            "schönes Wochenende",
            "moin",
            "ping",
            "thank you for your help yesterday",
            "welcome back",
            "you rock",
            "cheers mate",
        )
    ),
    *(
        (text, LOST)
        for text in (
            "hold on",
            "note to self: buy milk",
            "check with Bob tomorrow",
            "change my mind",
            "resolve to eat less sugar",
            "release the kraken",
            "pause for lunch",
            "I'm bored",
            "declare victory",
            "cover me, I'm going in",
            "show me the money",
            "tell me a joke",
            "merge lanes carefully",
            "split the bill?",
            "resume tomorrow morning",
            "ack",
            "hand over the keys please",
            "rotate the sofa",
            "drill a hole in the wall",
            "do you like pizza?",
            "what is the weather like",
            "I will be late today",
            "can somebody book the meeting room",
            "who took my mug",
            "ack ack ack ack",
            "reopen the window please",
            "handover meeting at 3",
            "hold the door",
            "noted",
            "releasing tomorrow I hope",
            "stuck in traffic",
            "nope not today",
            "note that I am on holiday from Monday",
            "hold my beer",
            "resolved, thanks to you all",
        )
    ),
    *(
        (text, frozenset({QUESTION}))
        for text in (
            "who owns the bank payouts?",
            "who do I call about payroll",
            "what is down?",
            "hi, who owns shop orders?",
            "is everything ok?",
        )
    ),
    *(
        (text, frozenset({ERROR}))
        for text in (
            "invoice posting fails with: The field No. must contain a value",
            "HTTP 401 Unauthorized",
            "we get ORA-12541 since this morning",
            "error: the frobnicator exploded with code 77",
        )
    ),
    *(
        (text, frozenset({ESTATE}))
        for text in (
            "how do I add a new connection?",
            "who can change the owner of an integration?",
        )
    ),
)

KEPT_ASIDE: tuple[tuple[str, frozenset[str]], ...] = (
    *(
        (text, SMALL)
        for text in (
            "thank u so much",
            "hey bot",
            "gracias amigo",
            "good evening",
            "hallo zusammen",
            "salut",
            "thanx",
            "dank je wel",
            "perfect, thanks",
            "goodbye",
            "ciao a tutti",
            "tusen takk",
            "Dziękuję bardzo",
            "awesome",
            "nice one",
            "hiya",
            "spasibo",
            "who made you?",
            "kk",
            "buongiorno",
            "have a nice day",
            "grüezi mitenand",
            "hello?",
            "many thanks again",
        )
    ),
    *(
        (text, LOST)
        for text in (
            "hold your horses",
            "note: the coffee machine is empty",
            "pause the music",
            "merge ahead",
            "change of plans, lunch at one",
            "check this out",
            "resume attached",
            "declare it at customs",
            "drill sergeant is here",
            "cover the pot",
            "release party on Friday",
            "ack, got it",
            "resolve the conflict between Tom and Jerry",
            "where is the printer",
            "rotate your tyres",
            "my cat sat on the keyboard",
            "any plans for Christmas?",
            "split pea soup today",
            "can you reopen the bar",
            "hand me over the salt",
            "kaffee?",
            "on peut se voir demain",
        )
    ),
    *(
        (text, frozenset({QUESTION}))
        for text in (
            "whom do I ask about the EDI orders?",
            "who is responsible for the price list?",
        )
    ),
    *(
        (text, frozenset({ERROR}))
        for text in (
            "the job died: connection refused by host",
            "401 invalid_client since noon",
        )
    ),
    *((text, frozenset({ESTATE})) for text in ("where do I register a new integration?",)),
)
