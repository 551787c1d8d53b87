#include <filesystem>
#include <fstream>

#include "base/bytes.hpp"
#include "base/text.hpp"
#include "net/http/server.hpp"
#include "net/tls/context.hpp"
#include "services/model/tests/odd_streams.hpp"
#include "services/model/tests/support.hpp"

namespace loquat::model::test {
namespace {

const std::string whole = delta("Hel") + delta("lo") + finish() + usage(9, 2) + std::string{done};

std::string status_answer(std::string_view status, std::string_view fields, std::string_view body) {
    return http_answer(body, "HTTP/1.1 " + std::string{status} + "\r\n" + std::string{fields});
}

TEST(OpenAiProvider, asks_as_the_protocol_wants_it) {
    Scene scene;
    FakeProvider& fake = scene.serve({http_answer(whole)});
    contracts::GenerateRequest request = ask("hi \"there\"");
    request.temperature = 0.5;
    request.max_tokens = 100;

    const Said said = scene.ask_once(quick_provider(fake.port()), std::move(request));

    EXPECT_EQ(said.text, "Hello");
    EXPECT_EQ(said.model, "m");
    EXPECT_EQ(said.provider, "openai");
    EXPECT_EQ(said.source, "provider");
    ASSERT_EQ(fake.requests().size(), 1U);
    const std::string& sent = fake.requests()[0];
    EXPECT_TRUE(sent.starts_with("POST /v1/chat/completions HTTP/1.1\r\n")) << sent;
    EXPECT_NE(sent.find("Accept: text/event-stream\r\n"), std::string::npos);
    EXPECT_EQ(sent.find("Authorization"), std::string::npos);
    EXPECT_TRUE(sent.ends_with(R"({"model":"upstream-m","messages":[{"role":"user","content":)"
                               R"("hi \"there\""}],"stream":true,"stream_options":)"
                               R"({"include_usage":true},"temperature":0.5,"max_tokens":100})"))
        << sent;
}

// A file, gone at the end.
struct KeyFile {
    explicit KeyFile(const std::string& text)
        : path(testing::TempDir() + "key-" + Uuid::make().to_string()) {
        std::ofstream{path} << text;
    }
    ~KeyFile() { std::filesystem::remove(path); }
    std::string path;
};

TEST(OpenAiProvider, sends_its_key_and_keeps_it_out_of_what_it_says) {
    const KeyFile file{"sk-secret-1\n"};
    Scene scene;
    FakeProvider& fake = scene.serve({status_answer(
        "401 No", "", R"({"error":{"message":"Incorrect API key provided: sk-secret-1"}})")});
    ProviderConfig provider = quick_provider(fake.port());
    provider.key_file = file.path;

    testing::internal::CaptureStderr();
    const Said said = scene.ask_once(provider);
    const std::string log = testing::internal::GetCapturedStderr();

    EXPECT_EQ(said.code, "provider.refused");
    ASSERT_EQ(fake.requests().size(), 1U);
    EXPECT_NE(fake.requests()[0].find("\r\nAuthorization: Bearer sk-secret-1\r\n"),
              std::string::npos);
    EXPECT_EQ(log.find("sk-secret-1"), std::string::npos);
}

TEST(OpenAiProvider, keeps_its_key_out_of_what_it_says_however_it_is_echoed) {
    const std::string key = "sk-Proj-a1B2c3D4e5F6g7H8i9J0";
    const KeyFile file{key + "\n"};
    const std::string long_text(480, 'x');
    for (const std::string& body :
         {R"({"error":{"code":")" + key + R"(","message":"no"}})",
          R"({"error":{"message":")" + long_text + key + R"("}})",
          "<html>" + std::string(190, 'x') + key, long_text + key, "no " + to_lower_ascii(key),
          R"({"error":{"message":")" + to_base64(key) + R"("}})",
          R"({"error":{"message":"from http://u:)" + key + R"(@host"}})"}) {
        for (const char* status : {"401 No", "200 OK"}) {
            Scene scene;
            FakeProvider& fake = scene.serve({status_answer(status, "", body)});
            ProviderConfig provider = quick_provider(fake.port());
            provider.key_file = file.path;

            testing::internal::CaptureStderr();
            scene.ask_once(provider);
            const std::string log = to_lower_ascii(testing::internal::GetCapturedStderr());

            for (std::size_t i = 0; i + 8 <= key.size(); ++i) {
                EXPECT_EQ(log.find(to_lower_ascii(key.substr(i, 8))), std::string::npos) << log;
            }
            EXPECT_EQ(log.find(to_lower_ascii(to_base64(key))), std::string::npos) << log;
        }
    }
}

TEST(OpenAiProvider, does_not_start_without_the_key_that_is_configured) {
    const KeyFile broken{"two\nlines\n"};
    Scene scene;
    ProviderConfig provider = quick_provider(1);

    provider.key_file = "/nowhere/key";
    EXPECT_THROW(scene.add(provider), Failure);
    provider.key_file = broken.path;
    EXPECT_THROW(scene.add(provider), Failure);
    provider.key_file.clear();
    provider.key_variable = "LOQUAT_TEST_NO_SUCH_VARIABLE";
    EXPECT_THROW(scene.add(provider), Failure);
}

TEST(OpenAiProvider, leaves_out_what_a_model_refuses) {
    Scene scene;
    FakeProvider& fake = scene.serve(
        {status_answer("400 Bad Request", "",
                       R"({"error":{"message":"Unsupported parameter: 'max_tokens'. Use )"
                       R"('max_completion_tokens' instead.","type":"invalid_request_error"}})"),
         status_answer("422 Unprocessable", "", R"({"detail":"stream_options: extra fields"})"),
         http_answer(whole)});
    contracts::GenerateRequest request = ask("hi");
    request.max_tokens = 5;

    const Said said = scene.ask_once(quick_provider(fake.port()), std::move(request));

    EXPECT_EQ(said.text, "Hello");
    ASSERT_EQ(fake.requests().size(), 3U);
    EXPECT_NE(fake.requests()[2].find(R"("max_completion_tokens":5)"), std::string::npos);
    EXPECT_EQ(fake.requests()[2].find("stream_options"), std::string::npos);
}

struct StatusCase {
    std::string answer;
    std::string code;
    std::size_t connections = 1;  // of three tries
};

TEST(OpenAiProvider, knows_what_errors_mean_and_which_are_worth_another_try) {
    const std::string slow = R"({"error":{"message":"slow down","code":"rate_limit_exceeded"}})";
    const std::vector<StatusCase> cases{
        {status_answer("400 Bad", "", R"({"error":"no"})"), "provider.refused"},
        {status_answer("401 No", "", R"({"error":{"message":"bad key"}})"), "provider.refused"},
        {status_answer("404 No", "", "<html>no</html>"), "provider.refused"},
        {status_answer("413 No", "", ""), "provider.prompt_too_long"},
        {status_answer("429 Slow", "Retry-After: 0\r\n", slow), "provider.rate_limited", 3},
        {status_answer("429 Slow", "Retry-After: 3600\r\n", slow), "provider.rate_limited", 1},
        {status_answer("429 Slow", "x-should-retry: false\r\n", slow), "provider.rate_limited", 1},
        {status_answer("429 No", "", R"({"error":{"code":"insufficient_quota"}})"),
         "provider.quota_exceeded"},
        {status_answer("402 Pay", "", ""), "provider.quota_exceeded"},
        {status_answer("500 No", "", ""), "provider.unavailable", 3},
        {status_answer("503 No", "retry-after-ms: 1\r\n", "busy"), "provider.unavailable", 3},
        {status_answer("498 Busy", "", ""), "provider.unavailable", 3},
        {status_answer("301 Away", "Location: http://127.0.0.1:1/\r\n", ""), "provider.bad_answer"},
        {status_answer("204 Empty", "", ""), "provider.bad_answer"},
        {"HTTP/1.1 garbage\r\n\r\n", "provider.bad_answer"},
        {"SSH-2.0-OpenSSH_9.2\r\n", "provider.bad_answer"},
        {"", "provider.unavailable", 3},
    };
    for (const StatusCase& one : cases) {
        Scene scene;
        FakeProvider& fake = scene.serve({one.answer, one.answer, one.answer, one.answer});
        ProviderConfig provider = quick_provider(fake.port());
        provider.tries_max = 3;
        const Said said = scene.ask_once(provider);

        EXPECT_EQ(said.code, one.code) << one.answer;
        EXPECT_EQ(said.order, "eun") << one.answer;
        EXPECT_EQ(said.output, 0) << one.answer;
        EXPECT_EQ(fake.connections(), one.connections) << one.answer;
    }
}

TEST(OpenAiProvider, tries_again_only_before_the_first_token) {
    Scene before;
    FakeProvider& early = before.serve({http_answer(": hello\n\n"), http_answer(whole)});
    ProviderConfig provider = quick_provider(early.port());
    provider.tries_max = 3;
    EXPECT_EQ(before.ask_once(provider).text, "Hello");

    Scene after;
    FakeProvider& late = after.serve({http_answer(delta("Hel")), http_answer(whole)});
    provider = quick_provider(late.port());
    provider.tries_max = 3;
    const Said said = after.ask_once(provider);

    EXPECT_EQ(said.text, "Hel");
    EXPECT_EQ(said.code, "provider.truncated");
    EXPECT_EQ(said.source, "counted");
    EXPECT_GT(said.input, 0);
    EXPECT_EQ(late.connections(), 1U);
}

TEST(OpenAiProvider, cannot_reach_a_closed_port) {
    Scene scene;
    std::uint16_t port = 0;
    {
        FakeProvider gone{scene.loop, std::vector<std::string>{}};
        port = gone.port();
    }

    EXPECT_EQ(scene.ask_once(quick_provider(port)).code, "provider.unavailable");
}

TEST(OpenAiProvider, waits_for_the_first_token_no_longer_than_allowed) {
    Scene scene;
    FakeProvider& silent = scene.play(FakeProvider::wait_for_close);
    ProviderConfig provider = quick_provider(silent.port());
    provider.first_token_ms_max = std::chrono::milliseconds{30};

    const Said said = scene.ask_once(provider);

    EXPECT_EQ(said.code, "provider.timeout");
    EXPECT_EQ(said.source, "counted");
    EXPECT_EQ(said.input, 0);
}

Task<void> serve_then_ping(net::Stream& stream, std::string start) {
    aio::Signal never;
    co_await FakeProvider::read_request(stream);
    co_await stream.write_all(start);
    for (int i = 0; i < 1'000 && !stream.is_hung_up(); ++i) {
        co_await stream.write_all(": ping\n\n");
        co_await never.wait_until(in(5ms));
    }
}

TEST(OpenAiProvider, does_not_take_comments_for_tokens) {
    Scene scene;
    const std::string start = http_answer(delta("Hel"));
    FakeProvider& fake = scene.play(
        [&](net::Stream& stream) -> Task<void> { return serve_then_ping(stream, start); });
    ProviderConfig provider = quick_provider(fake.port());
    provider.next_token_ms_max = std::chrono::milliseconds{40};

    const Said said = scene.ask_once(provider);

    EXPECT_EQ(said.text, "Hel");
    EXPECT_EQ(said.code, "provider.timeout");
}

TEST(OpenAiProvider, needs_no_end_of_the_connection_after_the_finish) {
    Scene scene;
    const std::string start = http_answer(delta("Hello") + finish());
    FakeProvider& fake = scene.play(
        [&](net::Stream& stream) -> Task<void> { return serve_then_ping(stream, start); });
    ProviderConfig provider = quick_provider(fake.port());
    provider.next_token_ms_max = std::chrono::milliseconds{40};

    const Said said = scene.ask_once(provider);

    EXPECT_EQ(said.text, "Hello");
    EXPECT_EQ(said.code, "");
    EXPECT_EQ(said.finish_reason, "stop");
}

TEST(OpenAiProvider, ends_an_answer_without_an_end) {
    Scene scene;
    const std::string start = http_answer("");
    FakeProvider& fake = scene.play([&](net::Stream& stream) -> Task<void> {
        co_await FakeProvider::read_request(stream);
        co_await stream.write_all(start);
        const std::string more = delta(std::string(1'000, 'x'));
        for (int i = 0; i < 10'000 && !stream.is_hung_up(); ++i) {
            co_await stream.write_all(more);
        }
    });
    ProviderConfig provider = quick_provider(fake.port());
    provider.answer_bytes_max = 50'000;

    const Said said = scene.ask_once(provider);

    EXPECT_EQ(said.code, "provider.too_long");
    EXPECT_GE(said.text.size(), 50'000U);
    EXPECT_LT(said.text.size(), 60'000U);
}

TEST(OpenAiProvider, refuses_a_certificate_that_nobody_vouches_for) {
    Scene scene;
    struct Never final : net::http::Handler {
        Task<void> handle(net::http::Exchange&) override { co_return; }
    } never;
    net::http::Server server{scene.loop, {}, never};
    const auto pair = net::tls::make_self_signed();
    const std::uint16_t port = server.listen({}, net::tls::ServerContext::make(pair)).port;
    ProviderConfig provider = quick_provider(port);
    provider.url = "https://127.0.0.1:" + std::to_string(port) + "/v1";

    const Said said = scene.ask_once(provider);

    EXPECT_EQ(said.code, "provider.untrusted");
    run_to_end(scene.loop, server.drain(in(1s)));
}

TEST(OpenAiProvider, trusts_the_authorities_that_are_configured) {
    struct Answering final : net::http::Handler {
        Task<void> handle(net::http::Exchange& exchange) override {
            co_await exchange.read_body(10'000);
            net::http::Response response;
            response.headers.append("Content-Type", "text/event-stream");
            response.body = whole;
            co_await exchange.respond(std::move(response));
        }
    } answering;
    Scene scene;
    net::http::Server server{scene.loop, {}, answering};
    const auto pair = net::tls::make_self_signed();
    const std::uint16_t port = server.listen({}, net::tls::ServerContext::make(pair)).port;
    const KeyFile certificates{pair.certificates};
    ProviderConfig provider = quick_provider(port);
    provider.url = "https://localhost:" + std::to_string(port) + "/v1";
    provider.ca_file = certificates.path;

    const Said said = scene.ask_once(provider);

    EXPECT_EQ(said.text, "Hello");
    EXPECT_EQ(said.code, "");
    run_to_end(scene.loop, server.drain(in(1s)));
}

TEST(OpenAiProvider, keeps_a_connection_for_the_next_answer) {
    Scene scene;
    const std::string answer =
        "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(whole.size()) + "\r\n\r\n" + whole;
    FakeProvider& fake = scene.play([&](net::Stream& stream) -> Task<void> {
        for (;;) {
            const std::string request = co_await FakeProvider::read_request(stream);
            if (request.empty()) {
                co_return;
            }
            co_await stream.write_all(answer);
        }
    });
    scene.config.models = {{.id = "m"}};
    scene.add(quick_provider(fake.port()));

    scene.run([&]() -> Task<void> {
        for (int i = 0; i < 5; ++i) {
            contracts::GenerateRequest request = ask("hi", "g" + std::to_string(i));
            const Said said = co_await scene.answer(std::move(request));
            EXPECT_EQ(said.text, "Hello");
        }
    });

    EXPECT_EQ(fake.connections(), 1U);
}

}  // namespace
}  // namespace loquat::model::test
