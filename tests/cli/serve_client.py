"""The checks of tests/cli/serve.sh: serve_client.py URL PROCESS."""
import concurrent.futures
import gzip
import http.client
import json
import os
import random
import signal
import sys
import threading
import time
import urllib.parse

from hostile import hostile, send

HOST, PORT = "127.0.0.1", int(sys.argv[1].rpartition(":")[2])
SERVER = int(sys.argv[2])


def ask(path, method="GET", headers=None, body=None):
    """Status, headers and body of one request."""
    c = http.client.HTTPConnection(HOST, PORT, timeout=60)
    c.request(method, path, body=body, headers=headers or {})
    r = c.getresponse()
    text = r.read()
    c.close()
    return r.status, r.headers, text


def get(path, **query):
    """The object of an answer that must be there."""
    status, headers, text = ask(path + ("?" + urllib.parse.urlencode(query) if query else ""))
    assert status == 200 and headers["Content-Type"] == "application/json", (path, status, text)
    return json.loads(text)


JSON = {"Content-Type": "application/json"}


def post(path, body):
    """The object of an answer to an object."""
    status, _, text = ask(path, method="POST", headers=JSON, body=json.dumps(body))
    assert status == 200, (path, status, text)
    return json.loads(text)


def refused(path, wanted, **how):
    """An error is an object with code and message."""
    status, _, text = ask(path, **how)
    error = json.loads(text)["error"]
    assert status == wanted == error["code"] and error["message"], (path, how, status, text)


def check_answers():
    """Every route, against what the graph is."""
    ring, paths, pair, text, linker = (f"/v1/models/{name}" for name in ("ring", "paths", "pair", "text", "names"))
    assert get("/healthz") == {"status": "ok", "models": 5}
    assert [m["kind"] for m in get("/v1/models")["models"]] == ["graph", "graph", "alignment", "relations", "linking"]
    assert get(ring)["entities"] == 40 and get(pair)["entities1"] == 12
    assert set(get(ring + "/relations")["relations"]) == {"next", "before", "near"}
    found = get(ring + "/entities", q="entity 7", limit=2)["entities"]
    assert found[0] == {"entity": "e7", "text": "the entity 7"} and len(found) == 1
    beside = get(ring + "/neighbors", entity="e7", by="graph")
    assert {n["entity"] for n in beside["neighbors"]} == {"e5", "e6", "e8", "e9"} and beside["text"] == "the entity 7"
    assert all(n["text"].startswith("the entity") for n in beside["neighbors"])
    assert get(ring + "/neighbors", entity="e7", hops=2, top=3)["neighbors"][0]["hops"] in (1, 2)
    heads = get(ring + "/attention", entity="e7", top=4)
    assert heads["heads"] == 2 and len(heads["neighbors"]) == 4 and heads["neighbors"][0]["text"].startswith("the entity")
    assert all(abs(sum(n["heads"]) / 2 - n["weight"]) < 1e-6 for n in heads["neighbors"])
    for model, by, count in ((ring, "attention", 2), (paths, "graph", 0)):
        around = get(model + "/graph", entity="e7", hops=2, top=12)
        names = [n["entity"] for n in around["nodes"]]
        facts = {(e["head"], e["relation"], e["tail"]) for e in around["edges"]}
        assert names[0] == "e7" and len(set(names)) == len(names) == 9 and around["by"] == by and around["heads"] == count
        assert ("e8", "before", "e7") in facts and len(facts) == len(around["edges"]), facts
        assert all({e["head"], e["tail"]} <= set(names) and len(e["heads"]) == count for e in around["edges"])
        assert all(names.index(e["seen_from"]) == min(map(names.index, (e["head"], e["tail"]))) for e in around["edges"])
    answers = get(ring + "/predict", head="e7", relation="next", top=5)["answers"]
    assert len(answers) == 5 and all(a["head"] == "e7" and a["head_text"] == "the entity 7" and 0 <= a["probability"] <= 1 for a in answers)
    assert any(a["tail"] == "e9" for a in get(ring + "/predict", head="e8", relation="next", known="yes", top=40)["answers"])
    why = get(paths + "/explain", head="e8", relation="next", tail="e9")
    assert why["paths"] and why["paths"][0]["steps"][0]["head"] == "e8"
    assert -1 <= get(ring + "/similarity", a="e1", b="e2")["similarity"] <= 1
    first = get(pair + "/pairs", limit=2)
    rest = get(pair + "/pairs", **{"from": first["next"]})
    assert len(first["pairs"]) == 2 and first["pairs"][0]["source"][0] == "a" and rest["next"] is None
    assert len({p["source"] for p in first["pairs"] + rest["pairs"]}) == len(first["pairs"]) + len(rest["pairs"])
    assert [p["source"] for p in get(pair + "/pairs", q="A1")["pairs"]] == [p["source"] for p in first["pairs"] + rest["pairs"] if "a1" in p["source"]]
    assert get(pair + "/pairs", q="nothing") == {"pairs": [], "next": None}
    assert get(pair + "/evidence", source="a9")["source"] == "a9"
    for graph, name in ((1, "a"), (2, "b")):
        facts = get(pair + "/facts", entity=f"{name}9", graph=graph)["facts"]
        assert {(f["relation"], f["direction"], f["neighbor"]) for f in facts} == {("by", "in", f"{name}8"), ("by", "out", f"{name}10"), ("to", "out", f"{name}10")}, facts
    assert len(get(pair + "/facts", entity="a9", top=1)["facts"]) == 1
    assert get(pair + "/neighbors", entity="a9", top=3)["graph"] == 1
    assert get(pair + "/similarity", a="a9", b="b9")["similarity"] > -1
    whole = {"text": "the thing1 causes the mätter2 .", "e1": [4, 10], "e2": [22, 29]}
    cut = {"tokens": ["the", "thing1", "contains", "the", "matter2", "."], "e1": [1, 2], "e2": [4, 5]}
    told = post(text + "/extract", {"sentences": [whole, cut]})["sentences"]
    assert [s["answers"][0]["label"] for s in told] == ["Cause(e1,e2)", "Whole(e1,e2)"], told
    assert told[0]["entity2"] == "mätter2" and told[0]["e2"] == [4, 5] and abs(sum(w["attention"] for w in told[0]["words"]) - 1) < 1e-4
    given = {"id": "x", "text": "Über word1 and word2 of nobody", "mentions": [{"start": 5, "end": 10}, {"start": 24, "end": 30}]}
    first, second = post(linker + "/link", {"documents": [given]})["mentions"]
    assert (first["document"], first["text"], first["start"], first["end"]) == ("x", "word1", 5, 10)
    assert {c["entity"] for c in first["best"]} == {"a_word1", "b_word1"} and abs(sum(c["belief"] for c in first["best"]) - 1) < 1e-4
    assert first["entity"] in ("a_word1", "b_word1", "NIL") and 0 <= first["probability"] <= 1 and 0 <= first["nil"] <= 1
    assert second["entity"] == "NIL" and second["title"] is None and second["best"] == [] and second["nil"] == second["probability"] == 1
    found = post(linker + "/link", {"documents": [{"text": "Here word3 is."}, {"tokens": ["the", "word4"]}]})["mentions"]
    assert [(m["line"], m["text"], m["start"], m["end"]) for m in found] == [(1, "word3", 5, 10), (2, "word4", 1, 2)], found
    assert post(linker + "/link", {"documents": [{"text": "nothing here"}]}) == {"mentions": []}
    assert get(linker)["names"] >= 6
    card = get(text)
    assert (card["name"], card["kind"], card["members"]) == ("text", "relations", 2) and len(card["digest"]) == 32 and card["labels"] > 1


def check_description():
    """Every route of the description answers, or says which parameter is missing."""
    document = get("/openapi.json")
    assert document["openapi"].startswith("3.1") and len(document["paths"]) >= 12
    for path, operations in document["paths"].items():
        if "post" in operations:
            path = path.replace("{model}", "names" if path.endswith("/link") else "text")
            refused(path, 400, method="POST", headers=JSON, body="{}")
            refused(path, 405)
            assert ask(path)[1]["Allow"] == "POST"
            continue
        status, _, _ = ask(path.replace("{model}", "ring"))
        needed = any(p["required"] and p["in"] == "query" for p in operations["get"]["parameters"])
        assert status == (400 if needed else 200) or "pair" in path or "evidence" in path or "facts" in path or "predict" in path, (path, status)
    text = ask("/metrics")[2].decode()
    assert 'gatkit_requests_total{route="/healthz",status="2xx"}' in text
    assert ask("/metrics", method="HEAD")[0] == 200
    refused("/metrics", 405, method="POST", headers=JSON, body="{}")
    _, headers, body = ask("/healthz", method="HEAD")
    assert body == b"" and headers["X-Content-Type-Options"] == "nosniff" and "default-src 'self'" in headers["Content-Security-Policy"]


def check_files():
    """The page: plain, packed, and not sent again."""
    for path, kind in (("/", "text/html"), ("/page.css", "text/css"), ("/page.js", "text/javascript"), ("/icon.svg", "image/svg+xml")):
        status, plain, text = ask(path)
        assert status == 200 and plain["Content-Type"].startswith(kind) and plain["Cache-Control"] == "no-cache", (path, status)
        assert "Content-Encoding" not in plain and plain["Vary"] == "Accept-Encoding"
        _, packed, small = ask(path, headers={"Accept-Encoding": "br, gzip;q=0.8"})
        assert packed["Content-Encoding"] == "gzip" and gzip.decompress(small) == text and packed["ETag"] != plain["ETag"]
        for refusal in ("gzip;q=0", "gzip;q=0.0", "deflate", "gzippy", ""):
            assert "Content-Encoding" not in ask(path, headers={"Accept-Encoding": refusal})[1], refusal
        status, headers, body = ask(path, headers={"If-None-Match": f'"x", {plain["ETag"]}'})
        assert status == 304 and body == b"" and headers["ETag"] == plain["ETag"]
        assert ask(path, headers={"If-None-Match": packed["ETag"]})[0] == 200
        assert ask(path, headers={"If-None-Match": "*"})[0] == 304
        status, headers, body = ask(path, method="HEAD")
        assert status == 200 and body == b"" and int(headers["Content-Length"]) == len(text)
    assert b"http://" not in ask("/page.js")[2] and "unsafe" not in ask("/")[1]["Content-Security-Policy"]


def check_refusals():
    """What a mistake is told, and what strangers are."""
    ring = "/v1/models/ring"
    refused("/nothing", 404)
    refused("/v1/models/none", 404)
    refused("/v1/models/ring/pairs", 404)
    refused("/v1/models/" + "x" * 300, 404)
    refused(ring + "/neighbors", 400)
    refused(ring + "/neighbors?entity=nobody", 400)
    refused(ring + "/neighbors?entity=e7&entity=e8", 400)
    refused(ring + "/neighbors?entity=e7&colour=red", 400)
    refused(ring + "/neighbors?entity=e7%00x", 400)
    for top in ("0", "-1", "1001", "1e3", "", "99999999999999999999", " 5"):
        refused(ring + "/neighbors?entity=e7&top=" + urllib.parse.quote(top), 400)
    refused(ring + "/neighbors?entity=e7&by=magic", 400)
    refused(ring + "/predict?head=e7", 400)
    refused(ring + "/graph?entity=nobody", 400)
    refused(ring + "/graph?entity=e7&top=201", 400)
    refused("/v1/models/paths/attention?entity=e7", 400)
    refused("/v1/models/pair/facts?entity=a9&graph=2", 400)
    refused("/v1/models/pair/facts?entity=a9&graph=3", 400)
    extract = "/v1/models/text/extract"
    for body in ("", "[]", "{", '{"sentences": []}', '{"sentences": {}}', '{"sentences": [1], "more": 1}', '{"sentences": [1], "sentences": [1]}',
                 json.dumps({"sentences": [{}] * 1001})):
        refused(extract, 400, method="POST", headers=JSON, body=body)
    for sentence in (1, {}, {"text": "a b", "e1": [0, 1], "e2": [2, 9]}, {"text": "a b", "e1": [0, 1], "e2": [0, 1]}, {"tokens": [1], "e1": [0, 1], "e2": [0, 1]}):
        refused(extract, 422, method="POST", headers=JSON, body=json.dumps({"sentences": [sentence]}))
    link = "/v1/models/names/link"
    for body in ("", "[]", '{"documents": []}', '{"sentences": [1]}', json.dumps({"documents": [{}] * 1001})):
        refused(link, 400, method="POST", headers=JSON, body=body)
    for document in (1, {}, {"text": ""}, {"text": "a b", "mentions": [{"start": 2, "end": 9}]}, {"text": "a b", "mentions": [{"start": 1}]}, {"tokens": [1]}):
        refused(link, 422, method="POST", headers=JSON, body=json.dumps({"documents": [document]}))
    refused("/v1/models/text/link", 404, method="POST", headers=JSON, body="{}")
    refused(ring + "/extract", 404, method="POST", headers=JSON, body="{}")
    refused("/", 405, method="POST", headers=JSON, body="{}")
    refused("/page.js", 421, headers={"Host": "evil.example"})
    refused("/page/page.js", 404)
    refused(ring + "/explain?head=e7&relation=next&tail=e8", 400)
    refused("/healthz", 405, method="DELETE")
    refused("/healthz", 415, method="POST", body="{}")
    refused("/healthz", 405, method="POST", body="{}", headers={"Content-Type": "application/json"})
    refused("/healthz", 421, headers={"Host": "evil.example"})
    refused("/healthz", 421, headers={"Host": "localhost:80:80"})
    refused("/healthz", 403, headers={"Origin": "http://evil.example"})
    assert ask("/healthz", headers={"Host": f"localhost:{PORT}", "Origin": f"http://localhost:{PORT}"})[0] == 200
    refused("/healthz", 413, method="POST", body="x" * (2 << 20), headers={"Content-Type": "application/json"})


def check_hostile(count):
    """None of these gets an answer of success, and the server lives on."""
    rng = random.Random(1)
    asked = [hostile(rng) for _ in range(count)]
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = pool.map(lambda a: send((HOST, PORT), a[1], timeout=1), asked)
    for (kind, data), statuses in zip(asked, answers):
        assert all(status >= 300 for status in statuses), (kind, statuses, data[:200])
    get("/healthz")


def check_together():
    """Questions that come together, in which some are at fault, are each answered as if alone."""
    questions = [("ring", {"head": f"e{i}", "relation": "next"}) for i in range(8)]
    questions += [("paths", {"head": f"e{i}", "relation": "next", "top": 3}) for i in range(4)]
    questions += [("ring", {"tail": "e1", "relation": "next"}), ("ring", {"head": "e1", "tail": "e2"}), ("ring", {"head": "nobody", "relation": "next"})]

    def ask_one(i):
        model, query = questions[i % len(questions)]
        return ask(f"/v1/models/{model}/predict?" + urllib.parse.urlencode(query))

    alone = [ask_one(i) for i in range(len(questions))]
    assert [a[0] for a in alone] == [200] * (len(questions) - 1) + [400], alone
    with concurrent.futures.ThreadPoolExecutor(24) as pool:
        for i, answer in enumerate(pool.map(ask_one, range(300))):
            assert answer[0] == alone[i % len(questions)][0] and answer[2] == alone[i % len(questions)][2], (i, answer)


def check_reload():
    """No request fails while the models are exchanged."""
    faults, done = [], threading.Event()

    def load():
        while not done.is_set():
            try:
                if len(get("/v1/models/ring/neighbors", entity="e7", by="graph")["neighbors"]) < 4:
                    faults.append("a mixed answer")
            except Exception as fault:
                faults.append(repr(fault))

    threads = [threading.Thread(target=load) for _ in range(3)]
    for t in threads:
        t.start()
    for _ in range(10):
        os.kill(SERVER, signal.SIGHUP)
        time.sleep(0.05)
    done.set()
    for t in threads:
        t.join()
    assert not faults, faults[:3]


check_answers()
check_description()
check_files()
check_refusals()
check_hostile(1000)
check_together()
check_reload()
