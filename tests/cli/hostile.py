"""Requests that must not be answered with success, for tests/cli/serve_client.py and tools/serve_hardness."""
import socket

LEAD = b"GET /healthz HTTP/1.1\r\n"
HOST = b"Host: localhost\r\n"
HIDDEN = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
WALKS = [b"..", b"%2e%2e", b"%252e%252e", b"..%2f..", b"..%5c", b".", b"etc", b"passwd", b"passwd%00", b"%c0%ae%c0%ae"]


def odd(rng):
    """Control bytes but those that end a line."""
    return bytes(rng.choice([b for b in range(1, 32) if b not in (10, 13)]) for _ in range(4))


def traversal(rng):
    prefix = rng.choice([b"/", b"//", b"/page/", b"/v1/models/", b"/v1/models/ring/../../../"])
    return b"GET " + prefix + b"/".join(rng.choice(WALKS) for _ in range(5)) + b" HTTP/1.1\r\n" + HOST + b"\r\n"


def bad_host(rng):
    name = rng.choice([b"evil", b"localhost.evil", b"127.0.0.1.evil", b"[::1", b"", b"0", b"localhost@evil", b"localhost evil", odd(rng)])
    return LEAD + rng.choice([b"Host: " + name + b"\r\n", HOST + b"Host: evil\r\n", b"Host: localhost\r\n evil\r\n", b""]) + b"\r\n"


def lengths(rng):
    """Lengths that are none."""
    one = rng.choice([b"-1", b"+3", b"3 5", b"0x3", b"3,5", b"99999999999999999999", b"3.0", odd(rng)])
    return b"POST /healthz HTTP/1.1\r\n" + HOST + b"Content-Length: " + one + b"\r\n\r\nabc"


def chunked(rng):
    """Chunks, beside a length or twice, that are no chunks, or hold no object."""
    name = rng.choice([b"Transfer-Encoding: chunked", b"Transfer-Encoding:\tchunked", b"Transfer-Encoding : chunked", b"Transfer-Encoding: chunked\r\nTransfer-Encoding: x"])
    size = rng.choice([b"ffffffffffffffff", b"-1", b"0x1", b"zz", b""])
    length = rng.choice([b"", b"Content-Length: 4\r\n", b"Content-Length: 48\r\n"])
    return rng.choice([b"POST", b"GET"]) + b" /v1/models HTTP/1.1\r\n" + HOST + length + name + b"\r\n\r\n" + size + b"\r\n\r\n"


def folded(rng):
    """Header lines that go on in the next."""
    return LEAD + rng.choice([b"Host: evil\r\n localhost\r\n", b"Host: localhost\r\n evil\r\n", HOST + b"Origin:\r\n http://evil\r\n"]) + b"\r\n"


def smuggled(rng):
    """A second request in what a strict reader takes for the body of the first, or a header that one reader sees and another does not. The
    first answer may be any; the second request must stay without one."""
    two = rng.choice([b"Content-Length: 0\r\nContent-Length: 44\r\n", b"Content-Length: 44\r\nContent-Length: 0\r\n",
                      b"Content-Length: 44\r\nTransfer-Encoding: chunked\r\n", b"Content-Length: 44\r\nTransfer-Encoding:\tchunked\r\n",
                      b"Transfer-Encoding: chunked\r\nContent-Length: 0\r\n"])
    body = b"0\r\n\r\n" if b"Transfer" in two else b""
    return rng.choice([b"GET", b"POST"]) + b" /v1/models/none HTTP/1.1\r\n" + HOST + two + b"\r\n" + body + HIDDEN


def methods(rng):
    method = rng.choice([b"PUT", b"DELETE", b"TRACE", b"CONNECT", b"PATCH", b"PROPFIND", b"G\x00T", b"get", b"GET\t", odd(rng), b"A" * 3000])
    return method + b" /healthz HTTP/1.1\r\n" + HOST + b"\r\n"


def huge(rng):
    size = rng.randrange(60000, 90000)
    return rng.choice([
        LEAD + HOST + b"X: " + b"y" * size + b"\r\n\r\n",
        LEAD + HOST + b"".join(b"X%d: y\r\n" % i for i in range(size // 8)) + b"\r\n",
        b"GET /" + b"a" * size + b" HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET /healthz?" + b"a=b&" * (size // 4) + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    ])


def controls(rng):
    return rng.choice([
        b"GET /v1/models/ring/neighbors?entity=e7&" + odd(rng) + b"=1 HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET /v1/models/%00 HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET /v1/models/ring/neighbors?entity=%00%01 HTTP/1.1\r\n" + HOST + b"\r\n",
        LEAD + b"Host: local\x00host\r\n\r\n",
        b"GET /healthz%00/x HTTP/1.1\r\n" + HOST + b"\r\n",
        LEAD + HOST + b"Na" + odd(rng) + b"me: x\r\n\r\n",
    ])


def truncated(rng):
    """A request that ends before it is one."""
    whole = LEAD + HOST
    return whole[:rng.randrange(1, len(whole))]


def pipelined(rng):
    """Several of the others in one go."""
    return b"".join(rng.choice([traversal, methods, controls])(rng) for _ in range(4))


def elsewhere(rng):
    return rng.choice([
        LEAD + HOST + b"Origin: http://" + rng.choice([b"evil", b"localhost.evil", b"null"]) + b"\r\n\r\n",
        b"POST /v1/models HTTP/1.1\r\n" + HOST + b"Content-Length: 2\r\nContent-Type: text/plain\r\n\r\n{}",
        b"GET http://evil/healthz HTTP/1.1\r\n" + HOST + b"\r\n",
    ])


def noise(rng):
    return bytes(rng.randrange(256) for _ in range(rng.randrange(1, 200))) + b"\r\n\r\n"


KINDS = [traversal, bad_host, lengths, chunked, folded, methods, huge, controls, truncated, pipelined, smuggled, elsewhere, noise]


def hostile(rng, kinds=None):
    """Kind and bytes of one of them."""
    kind = rng.choice(kinds or KINDS)
    return kind.__name__, kind(rng)


def send(address, data, timeout=5):
    """Sends bytes as they are and no more; the status of every answer until the server closes, or has been silent for so long."""
    answers = b""
    with socket.create_connection(address, timeout=timeout) as s:
        try:
            s.sendall(data)
            s.shutdown(socket.SHUT_WR)
            while part := s.recv(65536):
                answers += part
        except OSError:
            pass
    return [int(a[:3]) for a in answers.split(b"HTTP/1.1 ")[1:] if a[:3].isdigit()]
