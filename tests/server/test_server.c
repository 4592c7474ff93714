/* A server in this process, asked while memory runs out at every place in turn: an answer, an error that says so or a closed
 * connection, and nothing is held afterwards. */
#include "server/server.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "model/model_io.h"
#include "support/check.h"
#include "support/ring_data.h"

static const char MODEL[] = "test_server.gatkit";
static const char *const models[] = {MODEL};
static const server_options options = {.models = models, .num_models = 1, .threads = 2};

static void make_model(void)
{
    gat_dataset *data = ring_dataset(false);
    gat_config c = ring_config("epochs=1");
    gat_model *m = ring_train(data, &c, NULL, GAT_OK);
    assert_int_equal(model_save(m, MODEL, NULL), GAT_OK);
    model_free(m);
    dataset_free(data);
}

static const char *const requests[] = {
    "GET /healthz",
    "GET /openapi.json",
    "GET /v1/models/test_server",
    "GET /v1/models/test_server/entities?q=e1",
    "GET /v1/models/test_server/neighbors?entity=e1",
    "GET /v1/models/test_server/predict?head=e1&relation=next",
    "GET /v1/models/test_server/predict?head=e1&tail=e2",
    "GET /v1/models/test_server/graph?entity=e1",
    "GET /v1/models/test_server/attention?entity=e1",
    "GET /metrics",
    "POST /healthz",
};

/* The status of an answer, 0: the connection was closed without one. */
static int ask(int port, const char *request)
{
    char text[4096];
    bool post = request[0] == 'P';
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int s = socket(AF_INET, SOCK_STREAM, 0), status = 0;
    int size = snprintf(text, sizeof text, "%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s", request,
                        post ? "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}" : "\r\n");
    assert_int_equal(connect(s, (const struct sockaddr *)&to, sizeof to), 0);
    assert_int_equal(send(s, text, (size_t)size, MSG_NOSIGNAL), size);
    bool first = true;
    for (ssize_t got; (got = recv(s, text, sizeof text - 1, 0)) > 0; first = false) {
        text[got] = 0;
        if (first) sscanf(text, "HTTP/1.1 %d", &status);
    }
    close(s);
    return status;
}

/* The server lets go of a request a little after the client has its answer. What it holds may be less: `bytes` was counted so, too. */
static void wait_until_held(int64_t bytes)
{
    const struct timespec moment = {.tv_nsec = 200000};
    for (int i = 0; i < 50000 && memory_in_use() > bytes; i++) nanosleep(&moment, NULL);
    assert_true(memory_in_use() <= bytes);
}

static void test_failing_allocations(void **state)
{
    (void)state;
    gat_server *server;
    assert_int_equal(server_start(&server, &options, NULL), GAT_OK);
    int port = server_port(server);
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        int wanted = requests[i][0] == 'P' ? 405 : 200;
        assert_int_equal(ask(port, requests[i]), wanted);
        int64_t held = memory_in_use();
        memory_fail_at(0, false);
        assert_int_equal(ask(port, requests[i]), wanted);
        wait_until_held(held);
        int64_t count = memory_count();
        assert_true(count > 0);
        for (int64_t n = 1; n <= 2 * count; n++) {
            memory_fail_at(n <= count ? n : n - count, n > count);
            int status = ask(port, requests[i]);
            memory_fail_at(0, false);
            if (status && status != 503 && status != wanted) fail_msg("%s: status %d", requests[i], status);
            wait_until_held(held);
        }
        assert_int_equal(ask(port, requests[i]), wanted);
    }
    server_stop(server);
}

static void test_failing_start(void **state)
{
    (void)state;
    int64_t held = memory_in_use();
    gat_status st = GAT_ENOMEM;
    for (int64_t n = 1; st; n += 1 + n / 16) {
        gat_server *server;
        memory_fail_at(n, false);
        st = server_start(&server, &options, NULL);
        memory_fail_at(0, false);
        if (st) assert_int_equal(st, GAT_ENOMEM);
        assert_true(!server == (st != GAT_OK));
        server_stop(server);
        assert_int_equal(memory_in_use(), held);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_failing_allocations),
                                       cmocka_unit_test(test_failing_start)};
    make_model();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
