"""What the server refuses by itself on the pages for everybody: a page for people there, a problem for programs everywhere else."""
from desk import expect, run_all
from limits_test import desk_with
from portal import ask

HTML, PROBLEM = "text/html; charset=utf-8", "application/problem+json"
LARGE = {"Content-Type": "multipart/form-data; boundary=b", "Content-Length": str(64 << 20), "Expect": "100-continue"}


def kind(answer):
    return answer.status, answer.headers["Content-Type"]


def test_a_page_says_what_is_wrong(desk):
    cases = [
        ("GET", "/request/a/b/c", None, None, 404, "There is nothing here"),
        ("DELETE", "/request/delivery", None, None, 405, "does not work here"),
        ("PUT", "/request?lang=en", None, None, 405, "does not work here"),
        ("POST", "/request/delivery", None, LARGE, 413, "too large"),
        ("GET", "/request/%zz", None, None, 400, "can&#39;t be read"),
        ("GET", "/request/delivery?a=%zz", None, None, 400, "can&#39;t be read"),
        ("POST", "/request/delivery", b"{}", {"Content-Type": "application/json", "If-Match": "nonsense"}, 400, "can&#39;t be read"),
    ]
    for method, path, body, headers, status, words in cases:
        page = ask(desk, method, path, body, headers)
        expect(kind(page), (status, HTML), (method, path, page.text[:200]))
        text = page.text.replace("'", "&#39;").replace("&apos;", "&#39;")
        expect((words in text, '<html lang="en">' in text, "<script" in text, "%zz" in text, "a/b/c" in text), (True, True, False, False, False), text)
        expect((page.headers["X-Content-Type-Options"], page.headers["Cache-Control"], bool(page.headers["X-Request-Id"])), ("nosniff", "no-store", True))
        expect("frame-ancestors 'none'" in page.headers["Content-Security-Policy"], True)
    expect(ask(desk, "DELETE", "/request/delivery").headers["Allow"], "GET, HEAD, POST, OPTIONS")
    expect(ask(desk, "HEAD", "/request/a/b/c").status, 404)


def test_each_reads_it_in_their_language(desk):
    words = {"de": "Hier ist nichts", "en": "There is nothing here", "hu": "Itt nincs semmi"}
    for language, title in words.items():
        page = ask(desk, "GET", "/request/a/b", headers={"Accept-Language": f"{language}-XX,fr;q=0.5"})
        expect((f'<html lang="{language}">' in page.text, f"<h1>{title}</h1>" in page.text, f'href="/request?lang={language}"' in page.text), (True, True, True), page.text)
        expect(title in ask(desk, "GET", f"/request/a/b?lang={language}").text, True)


def test_in_a_frame_it_is_read_there(desk):
    page = ask(desk, "DELETE", "/request/delivery?lang=de&embed=1")
    expect(("frame-ancestors *" in page.headers["Content-Security-Policy"], page.headers["X-Frame-Options"], "<a " in page.text, "framed" in page.text), (True, None, False, True))


def test_programs_are_told_the_problem(desk):
    for method, path, status in (("GET", "/api/v1/nothing", 404), ("DELETE", "/api/v1/session/x", 404), ("PUT", "/api/v1/tickets", 405), ("GET", "/api/v1/%zz", 400), ("PUT", "/requests", 404), ("POST", "/request-forms", 404)):
        answer = ask(desk, method, path)
        expect(kind(answer), (status, PROBLEM), path)
        expect((answer.answer.json["status"], answer.text.lstrip()[0]), (status, "{"))
    expect(kind(ask(desk, "GET", "/api/v1/request-forms")), (401, PROBLEM))


def test_who_asks_too_often_is_told_so(desk):
    with desk_with(desk, requests_per_minute=60) as limited:
        pages = [ask(limited, "GET", "/request/a", headers={"Accept-Language": "hu"}) for _ in range(60)]
        refused = next(page for page in pages if page.status == 429)
        expect((refused.headers["Content-Type"], "nagyon sok kérés" in refused.text, int(refused.headers["Retry-After"]) >= 1), (HTML, True, True))
        problem = next(answer for answer in (ask(limited, "GET", "/api/v1/session") for _ in range(60)) if answer.status == 429)
        expect(problem.headers["Content-Type"], PROBLEM)


if __name__ == "__main__":
    run_all(__name__)
