"""EMO-DB, the Berlin database of emotional speech (Burkhardt et al. 2005, doi:10.21437/Interspeech.2005-446).

`wav/03a01Fa.wav`: characters 1-2 speaker, 3-5 text, 6 emotion (its German initial), 7 version. Ten actors recorded
alone: no sessions, no dialogs. No counts are asserted, since the whole corpus and parts of it are in use.
"""

from gagru.corpora.filenames import FileNames

SPEAKERS = {
    "03": "M",
    "08": "F",
    "09": "F",
    "10": "M",
    "11": "M",
    "12": "M",
    "13": "F",
    "14": "F",
    "15": "M",
    "16": "F",
}
# Wut, Freude, Trauer, neutral; Langeweile (boredom), Ekel (disgust) and Angst (fear) are outside the task.
LABELS = {"W": "anger", "F": "happiness", "T": "sadness", "N": "neutrality", "L": None, "E": None, "A": None}
FILES = FileNames(
    corpus="EMO-DB",
    like="like wav/03a01Fa.wav",
    pattern=rf"(?P<speaker>{'|'.join(SPEAKERS)})(?P<text>[ab][0-9]{{2}})(?P<emotion>[A-Z])[a-z]",
    emotions=LABELS,
    folder="wav",
    speakers=SPEAKERS,
)

sessions, read, check_counts = FILES.sessions, FILES.read, FILES.check_counts
