#include "services/model/adapters/openai_provider.hpp"

#include <fstream>
#include <sstream>

#include "base/log.hpp"
#include "base/redact.hpp"
#include "net/tls/context.hpp"
#include "services/model/adapters/openai_call.hpp"
#include "services/model/adapters/provider_error.hpp"

namespace loquat::model {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds list_time_max{10'000};
constexpr milliseconds hold_max{300'000};
constexpr milliseconds margin{1'000};
constexpr std::size_t connections_more = 16;  // than answers: lists, and those just closing
constexpr std::size_t quirks_max = 1'000;
constexpr int lessons_max = 3;

net::http::ClientConfig client_config(const ProviderConfig& config, net::http::Scheme scheme) {
    const milliseconds longest = std::max(config.first_token_ms_max, config.next_token_ms_max);
    net::http::ClientConfig client;
    client.connect_time_max = config.connect_ms_max;
    client.head_time_max = config.first_token_ms_max + margin;
    client.body_stall_max = longest + margin;
    client.idle_time_max = milliseconds{15'000};
    client.connections_per_origin_max = config.concurrent_max + connections_more;
    if (scheme == net::http::Scheme::https) {
        client.tls = make_provider_tls(config);
    }
    return client;
}

bool is_refused_request(const Ending& ending) {
    return ending.setback && ending.setback->failure.code == "provider.refused" &&
           ending.setback->again == Again::never;
}

constexpr std::size_t said_bytes_max = 16 * 1024;
constexpr std::size_t detail_bytes_max = 500;

// A provider may repeat the key in what it says about it, in any form.  Nothing below here cuts to
// the size of a detail: half a key would not be found.
void make_safe(const std::string& key, std::string& text) {
    text.resize(std::min(text.size(), said_bytes_max));
    text = hide_credentials(hide_secret(text, key));
    std::size_t end = std::min(text.size(), detail_bytes_max);
    while (end > 0 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) {
        --end;
    }
    text.resize(end);
}

}  // namespace

std::shared_ptr<const net::tls::ClientContext> make_provider_tls(const ProviderConfig& config) {
    if (config.ca_file.empty()) {
        return net::tls::ClientContext::make();
    }
    std::ifstream file{config.ca_file, std::ios::binary};
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) {
        throw Failure{Kind::invalid, "config.invalid",
                      "model: the certificates cannot be read from " + config.ca_file};
    }
    return net::tls::ClientContext::make_trusting(text.str());
}

OpenAiProvider::OpenAiProvider(aio::Loop& loop, const Clock& clock, ProviderConfig config)
    : loop_(loop),
      clock_(clock),
      config_(std::move(config)),
      url_(ProviderUrl::parse(config_.url)),
      origin_(net::http::Origin::parse(url_.origin).value_or(net::http::Origin{})),
      key_(read_key(config_)),
      client_(loop_, client_config(config_, origin_.scheme)) {
    if (config_.length_field == LengthField::automatic) {
        config_.length_field = origin_.host == "api.openai.com" ? LengthField::max_completion_tokens
                                                                : LengthField::max_tokens;
    }
}

std::string OpenAiProvider::head_lines() const {
    std::string lines = "Host: " + origin_.authority() + "\r\n";
    if (!key_.empty()) {
        lines += "Authorization: Bearer " + key_ + "\r\n";
    }
    lines += "User-Agent: loquat\r\nAccept-Encoding: identity\r\n";
    return lines;
}

Task<Ending> OpenAiProvider::answer(Prompt prompt, AnswerSink& sink) {
    Ending ending = co_await try_with_quirks(prompt, sink);
    for (int lesson = 0; lesson < lessons_max && is_refused_request(ending); ++lesson) {
        Quirks& quirks = quirks_[prompt.model];
        if (!quirks.learn(ending.setback->failure.detail)) {
            break;
        }
        ending = co_await try_with_quirks(prompt, sink);
    }
    co_return ending;
}

Task<Ending> OpenAiProvider::try_with_quirks(Prompt prompt, AnswerSink& sink) {
    if (quirks_.size() >= quirks_max) {
        quirks_.clear();
    }
    auto [known, is_new] = quirks_.try_emplace(prompt.model);
    if (is_new) {
        known->second.without_stream_options = !config_.send_stream_options;
        known->second.with_completion_tokens =
            config_.length_field == LengthField::max_completion_tokens;
    }
    OpenAiCall::Request request{
        .origin = origin_,
        .target = url_.path + "/chat/completions",
        .head_lines =
            head_lines() + "Content-Type: application/json\r\nAccept: text/event-stream\r\n",
        .body = make_request_body(prompt, known->second)};
    OpenAiCall call{client_, clock_, config_, sink};
    Ending ending = co_await call.run(std::move(request));
    if (call.hold()) {
        hold(*call.hold());
    }
    if (ending.setback) {
        make_safe(key_, ending.setback->failure.detail);
    }
    co_return ending;
}

void OpenAiProvider::hold(milliseconds time) {
    held_until_ = std::max(held_until_, clock_.steady() + std::min(time, hold_max));
}

Task<std::vector<ListedModel>> OpenAiProvider::list_models() {
    net::http::ClientRequest request;
    request.origin = origin_;
    request.target = url_.path + "/models";
    request.headers.append("User-Agent", "loquat");
    if (!key_.empty()) {
        request.headers.append("Authorization", "Bearer " + key_);
    }
    std::optional<Failure> broken;
    net::http::ClientResponse response;
    try {
        const Steady deadline = std::chrono::steady_clock::now() + list_time_max;
        response = co_await client_.request(std::move(request), deadline);
    } catch (const Failure& failure) {
        broken = failure;
    }
    if (broken) {
        throw from_failure(*broken, false).failure;
    }
    if (response.status != 200) {
        Failure failure = judge_error(response.status, response.body).failure;
        make_safe(key_, failure.detail);
        throw failure;
    }
    co_return parse_model_list(response.body);
}

void OpenAiProvider::reload(const Config&) {
    try {
        key_ = read_key(config_);
    } catch (const Failure& failure) {
        log_error({.service = "model"}, "the old key stays in use", {{"problem", failure.message}});
    }
}

}  // namespace loquat::model
