from service.cache import LARGEST, Answer, Cache


def answer(size: int = 100) -> Answer:
    return Answer(200, (), b"x" * size, b'"t"')


def test_what_was_put_is_found_by_key_and_by_words() -> None:
    cache = Cache(10_000)
    key, words = (b"/a", "text/html", ""), (b"/a", b"*/*", b"")
    assert cache.asked(words) is None
    cache.put(key, answer())
    cache.alias(words, key)
    assert cache.asked(words) is cache.get(key) is not None


def test_the_least_used_go_first_and_the_bound_holds() -> None:
    cache = Cache(5_000)
    for number in range(20):
        cache.put((str(number).encode(), "", ""), answer(500))
        cache.get((b"0", "", ""))
        assert cache.size <= 5_000
    assert cache.get((b"0", "", "")) is not None
    assert cache.get((b"5", "", "")) is None
    assert cache.get((b"19", "", "")) is not None


def test_putting_again_does_not_count_twice() -> None:
    cache = Cache(5_000)
    for _ in range(10):
        cache.put((b"/a", "", ""), answer())
    assert cache.size == answer().size
    assert len(cache) == 1


def test_nothing_too_large_is_kept_and_no_alias_leads_nowhere() -> None:
    cache = Cache(10 * LARGEST)
    key = (b"/a", "", "")
    cache.put(key, answer(LARGEST + 1))
    cache.alias((b"/a", b"", b""), key)
    assert cache.asked((b"/a", b"", b"")) is None
    assert len(cache) == cache.size == 0


def test_a_cache_of_no_bytes_keeps_nothing() -> None:
    cache = Cache(0)
    cache.put((b"/a", "", ""), answer())
    assert len(cache) == 0


def test_clearing_lets_everything_go() -> None:
    cache = Cache(10_000)
    cache.put((b"/a", "", ""), answer())
    cache.clear()
    assert len(cache) == cache.size == 0
