# The server: every route, what it refuses, a reload under load, a stop that loses nothing.
. "$(dirname "$0")/lib.sh"
make_graph g
train_small g ring.gatkit
expect 0 "$gatkit" train g --output paths.gatkit --model path --queries 100 --layers 2
awk 'BEGIN { for (i = 0; i < 12; i++) print "a" i "\tto\ta" (i * i + 1) % 12 "\na" i "\tby\ta" (i + 1) % 12 }' >kg1.tsv
sed 's/a/b/g' kg1.tsv >kg2.tsv
awk 'BEGIN { for (i = 0; i < 8; i++) print "a" i "\tb" i }' >seeds.tsv
expect 0 "$gatkit" align kg1.tsv kg2.tsv --seeds seeds.tsv --output pairs.tsv --model-output pair.gatkit
make_sentences >train.jsonl
expect 0 "$gatkit" train train.jsonl --task relations --output text.gatkit --members 2 --dim 16 --attn-heads 2 --epochs 2 --folds 2
make_linking
expect 0 "$gatkit" train documents.jsonl --task linking --kg fields.tsv --lexicon lexicon.tsv --output names.gatkit --dim 8 --attn-heads 1 --layers 1 --epochs 3

expect 2 "$gatkit" serve
expect 2 "$gatkit" serve ring.gatkit --address 0.0.0.0
says stderr --token-file
expect 2 "$gatkit" serve ring.gatkit --address elsewhere
expect 2 "$gatkit" serve ring.gatkit --deadline 0
expect 2 "$gatkit" serve ring.gatkit ring.gatkit
expect 4 "$gatkit" serve none.gatkit
expect 4 "$gatkit" serve g
echo short >token
expect 2 "$gatkit" serve ring.gatkit --token-file token
expect 2 "$gatkit" serve ring.gatkit --token-file none

# start [OPTION...]: a server at $url, process $server.
start() {
    "$gatkit" serve ring.gatkit paths.gatkit pair.gatkit text.gatkit names.gatkit --port 0 --json "$@" >answer 2>log &
    server=$!
    wait_for 60 $server grep -q url answer || fail "the server did not come up: $(cat log)"
    url=$(python3 -c 'import json; print(json.load(open("answer"))["url"])')
}
# ended: the server, told to stop, has done so with exit code 0.
ended() {
    wait $server
    code=$?
    cp log stderr
    no_complaint serve
    [ $code -eq 0 ] || fail "the server ended with $code"
}
stop() {
    kill -TERM $server
    ended
}

start
python3 -B "$(dirname "$0")/serve_client.py" "$url" $server || fail "the client's checks"
wait_for 60 $server grep -q 'models loaded again' log || fail "no reload"
expect 1 "$gatkit" serve ring.gatkit --port "${url##*:}"
says stderr "cannot listen"

# A file that is damaged while the server runs: the models stay.
cp ring.gatkit whole.gatkit
head -c 1000 whole.gatkit >ring.gatkit
kill -HUP $server
wait_for 60 $server grep -q 'stay as they were' log || fail "a damaged file on reload"
python3 -c 'import sys, urllib.request as u; u.urlopen(sys.argv[1] + "/v1/models/ring/neighbors?entity=e7").read()' "$url" || fail "after it"
mv whole.gatkit ring.gatkit
stop

# A stop while questions come: an answer that begins is whole, and predictions wait in the queue.
start
python3 - "$url" $server <<'PY' || fail "a stop under load"
import http.client, json, os, signal, sys, threading, time
port, server = int(sys.argv[1].rpartition(":")[2]), int(sys.argv[2])
faults, answered = [], []
def load():
    while not faults:
        try:
            c = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            c.request("GET", "/v1/models/paths/predict?head=e1&relation=next")
            r = c.getresponse()
        except OSError: # nobody listens any more, or the request came too late
            return
        try:
            answered.append(len(json.loads(r.read())["answers"]))
        except Exception as fault:
            faults.append(repr(fault))
threads = [threading.Thread(target=load) for _ in range(8)]
for t in threads: t.start()
while len(answered) < 20 and not faults: time.sleep(0.01)
os.kill(server, signal.SIGTERM)
for t in threads: t.join()
assert not faults and min(answered) > 0, faults[:3]
PY
ended

# While an answer is still read nobody new is let in, and an open connection ends with its next answer.
start
python3 - "$url" $server <<'PY' || fail "the door at a stop"
import http.client, json, os, select, signal, socket, sys
port, server = int(sys.argv[1].rpartition(":")[2]), int(sys.argv[2])
def connect(timeout):
    return http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
def healthz(connection):
    connection.request("GET", "/healthz")
    answer = connection.getresponse()
    answer.read()
    return answer
open_one, slow = connect(60), connect(60)
assert healthz(open_one).getheader("Connection") is None
slow.sock = socket.socket()
slow.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096) # the answer does not fit between the two
slow.sock.connect(("127.0.0.1", port))
documents = [{"text": "word1 of word2, word3 and word4. " * 5}] * 1000
slow.request("POST", "/v1/models/names/link", json.dumps({"documents": documents}), {"Content-Type": "application/json"})
select.select([slow.sock], [], [])
os.kill(server, signal.SIGTERM)
try:
    while healthz(connect(1)): pass
except OSError:
    pass
assert healthz(open_one).getheader("Connection") == "close"
assert len(json.loads(slow.getresponse().read())["mentions"]) == 20000
PY
ended

echo 0123456789abcdef >token
start --address 0.0.0.0 --token-file token --host example.org
python3 - "$url" <<'PY' || fail "the token"
import http.client, sys
port = int(sys.argv[1].rpartition(":")[2])
def ask(**headers):
    c = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    c.request("GET", "/healthz", headers={k.replace("_", "-"): v for k, v in headers.items()})
    return c.getresponse().status
def status(path):
    c = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    c.request("GET", path)
    return c.getresponse().status
assert ask() == 401
assert status("/") == status("/page.js") == 200 and status("/v1/models") == status("/metrics") == 401
assert ask(Authorization="Bearer 0123456789abcdeX") == 401
assert ask(Authorization="Bearer 0123456789abcde") == 401
assert ask(Authorization="Bearer 0123456789abcdef") == 200
assert ask(Authorization="Bearer 0123456789abcdef", Host="example.org") == 200
assert ask(Authorization="Bearer 0123456789abcdef", Host="example.com") == 421
PY
stop
exit 0
