"""TESS, Toronto emotional speech set (Pichora-Fuller, Dupuis 2020, doi:10.5683/SP2/E8H2MF): English, CC BY-NC-ND 4.0.

`OAF_back_angry.wav`: speaker, word, emotion; ps is pleasant surprise. Two women, 200 words; 2,800 files, 1,600 of the
four emotions. With two speakers the validation utterances can only be drawn at random. To be had at
https://borealisdata.ca/dataset.xhtml?persistentId=doi:10.5683/SP2/E8H2MF.
"""

from gagru.corpora.filenames import FileNames

LABELS = {
    "angry": "anger",
    "happy": "happiness",
    "neutral": "neutrality",
    "sad": "sadness",
    "disgust": None,
    "fear": None,
    "ps": None,
}
FILES = FileNames(
    corpus="TESS",
    like="like OAF_back_angry.wav",
    # One file has a letter less at its beginning, OA_bite_neutral.
    pattern=r"(?P<speaker>OAF?|YAF)_(?P<text>[a-z]+)_(?P<emotion>[a-z]+)",
    emotions=LABELS,
    speakers=dict.fromkeys(("OAF", "YAF"), "F"),
    speaker_codes={"OA": "OAF"},
    counts=dict.fromkeys(("happiness", "neutrality", "sadness", "anger"), 400),
)

sessions, read, check_counts = FILES.sessions, FILES.read, FILES.check_counts
