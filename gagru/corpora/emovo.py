"""EMOVO (Costantini et al. 2014, http://www.lrec-conf.org/proceedings/lrec2014/pdf/591_Paper.pdf): Italian.

`f1/gio-f1-b1.wav`: emotion (its Italian name's beginning), actor, sentence. Six actors, 14 sentences, each in every
emotion; 588 files, 336 of the four emotions. For research, at http://voice.fub.it/activities/corpora/emovo/index.html.
"""

from gagru.corpora.filenames import FileNames

# Rabbia, gioia, neutrale, tristezza; disgusto, paura (fear) and sorpresa are outside the task.
LABELS = {
    "rab": "anger",
    "gio": "happiness",
    "neu": "neutrality",
    "tri": "sadness",
    "dis": None,
    "pau": None,
    "sor": None,
}
FILES = FileNames(
    corpus="EMOVO",
    like="like f1/gio-f1-b1.wav",
    pattern=r"(?P<emotion>[a-z]{3})-(?P<speaker>[fm][123])-(?P<text>[a-z][0-9])",
    emotions=LABELS,
    speakers={f"{gender}{number}": gender.upper() for gender in "fm" for number in (1, 2, 3)},
    counts=dict.fromkeys(("happiness", "neutrality", "sadness", "anger"), 84),
)

sessions, read, check_counts = FILES.sessions, FILES.read, FILES.check_counts
