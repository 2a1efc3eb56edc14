"""The models of a corpus as the workflow hands them over."""

import shutil

from running import SMALL, Workflow

import gagru


def test_the_models_of_a_corpus_are_made_by_their_page(finished, tmp_path):
    shutil.copytree(finished.folder, tmp_path / "copy", symlinks=True)
    workflow = Workflow(tmp_path / "copy")
    run = workflow("results/iemocap/models/README.md", "--configfile", workflow.configure(SMALL))
    assert run.returncode == 0, run.stdout + run.stderr
    assert "train_fold" not in run.stdout + run.stderr
    models = workflow.folder / "results/iemocap/models"
    page = (models / "README.md").read_text()
    for system in ("svm", "ga_gru"):
        assert f"[{system}/seed0]({system}/seed0/README.md)" in page
        assert "Trained on synthetic speech" in (models / system / "seed0/README.md").read_text()
        assert gagru.load(models / system / "seed0").system == system
