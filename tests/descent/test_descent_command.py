"""The command ``descent``."""

import pytest

from descent import cli, data


@pytest.fixture
def fetched(monkeypatch, tmp_path):
    """The folders that were asked for, instead of a download."""
    folders = []

    def fetch(folder=None):
        folders.append(folder)
        return tmp_path / "mnist"

    monkeypatch.setattr(cli, "fetch_mnist", fetch)
    return folders


def test_data_says_where_the_files_lie(fetched, tmp_path, capsys):
    assert cli.main(["data"]) == 0
    assert str(tmp_path / "mnist") in capsys.readouterr().out


def test_data_takes_another_folder(fetched):
    cli.main(["data", "--folder", "elsewhere"])
    assert fetched == ["elsewhere"]


def test_an_error_is_one_sentence_and_exit_code_1(monkeypatch, capsys):
    def fail(folder=None):
        raise data.DataError("The network is down.")

    monkeypatch.setattr(cli, "fetch_mnist", fail)
    assert cli.main(["data"]) == 1
    assert capsys.readouterr().err == "descent: The network is down.\n"


def test_an_interrupt_is_exit_code_130(monkeypatch):
    def interrupt(folder=None):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "fetch_mnist", interrupt)
    assert cli.main(["data"]) == 130


def test_wrong_usage_is_exit_code_2():
    with pytest.raises(SystemExit) as caught:
        cli.main(["dta"])
    assert caught.value.code == 2
