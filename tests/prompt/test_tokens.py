"""The estimate learns from what servers count."""

from codestral_lsp.prompt.tokens import TokenCounter

CODE = "def add(first, second):\n    return first + second\n" * 40


def test_it_approaches_a_servers_counts() -> None:
    counter = TokenCounter()
    truth = 700
    for _ in range(20):
        counter.observe(CODE, truth)
    assert truth <= counter.text(CODE) <= truth * 1.15


def test_it_grows_faster_than_it_shrinks() -> None:
    grown, shrunk = TokenCounter(), TokenCounter()
    start = grown.text(CODE)
    grown.observe(CODE, start * 2)
    shrunk.observe(CODE, start // 2)
    assert grown.text(CODE) - start > start - shrunk.text(CODE)


def test_lines_and_texts_agree() -> None:
    counter = TokenCounter()
    by_line = sum(counter.line(line) for line in CODE.splitlines(keepends=True))
    assert abs(by_line - counter.text(CODE)) <= 1


def test_digits_and_foreign_scripts_count_for_more_than_words() -> None:
    counter = TokenCounter()
    assert counter.text("1234567890") > counter.text("international")
    assert counter.text("プログラム") > counter.text("words")


def test_a_refused_prompt_makes_the_estimate_larger() -> None:
    counter = TokenCounter()
    before = counter.text(CODE)
    counter.underestimated()
    assert counter.text(CODE) > before
