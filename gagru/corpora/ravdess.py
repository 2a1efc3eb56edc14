"""RAVDESS, its spoken part (Livingstone, Russo 2018, doi:10.1371/journal.pone.0196391): English, CC BY-NC-SA 4.0.

`Actor_12/03-01-06-01-02-01-12.wav`: modality (03 audio only), channel (01 speech, 02 song), emotion, intensity,
statement, repetition, actor. 24 actors, women with even numbers; 1,440 files, 672 of the four emotions. Calm is outside
the task. To be had at https://zenodo.org/records/1188976.
"""

from gagru.corpora.filenames import FileNames

LABELS = {
    "01": "neutrality",
    "02": None,  # calm
    "03": "happiness",
    "04": "sadness",
    "05": "anger",
    "06": None,  # fear
    "07": None,  # disgust
    "08": None,  # surprise
}
FILES = FileNames(
    corpus="RAVDESS",
    like="like Actor_12/03-01-06-01-02-01-12.wav",
    pattern=r"03-01-(?P<emotion>0[1-8])-0[12]-(?P<text>0[12])-0[12]-(?P<speaker>[0-9]{2})",
    emotions=LABELS,
    speakers={f"{actor:02}": "MF"[actor % 2 == 0] for actor in range(1, 25)},
    beside=r"(0[12]-0[12]|03-02)(-[0-9]{2}){5}",  # video, and song
    counts={"happiness": 192, "neutrality": 96, "sadness": 192, "anger": 192},
)

sessions, read, check_counts = FILES.sessions, FILES.read, FILES.check_counts
