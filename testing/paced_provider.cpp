#include "testing/paced_provider.hpp"

#include <charconv>

#include "testing/provider_text.hpp"

namespace loquat::test {
namespace {

constexpr std::size_t prompt_bytes_max = 16 << 20;
constexpr std::size_t connections_max = 100'000;
constexpr std::string_view model = "paced";

std::uint32_t microseconds_of(Steady at) {
    const auto since = std::chrono::duration_cast<std::chrono::microseconds>(at.time_since_epoch());
    return static_cast<std::uint32_t>(since.count());
}

}  // namespace

std::string make_stamp(Steady at) {
    std::string text(stamp_bytes, '0');
    text.back() = ' ';
    std::array<char, 8> digits{};
    const auto [end, error] = std::to_chars(digits.begin(), digits.end(), microseconds_of(at), 16);
    std::copy(digits.begin(), end, text.begin() + (digits.end() - end));
    return text;
}

std::chrono::microseconds age_of_stamp(std::string_view stamp, Steady now) {
    std::uint32_t sent = 0;
    const auto [end, error] =
        std::from_chars(stamp.data(), stamp.data() + stamp_bytes - 1, sent, 16);
    if (error != std::errc{} || end != stamp.data() + stamp_bytes - 1) {
        return std::chrono::microseconds{-1};
    }
    return std::chrono::microseconds{microseconds_of(now) - sent};
}

// One answer.
class PacedProvider::Body final : public net::http::BodySource {
  public:
    Body(PacedProvider& provider, std::size_t number)
        : provider_(provider), number_(number), deltas_(provider.deltas_) {}

    Task<std::optional<std::string>> next() override {
        if (said_ == 0) {
            co_await wait_for_release();
            due_ = std::chrono::steady_clock::now();
        }
        if (said_ > deltas_ || is_gone_) {
            co_return std::nullopt;
        }
        if (said_ == deltas_) {
            ++said_;
            ++provider_.finished_;
            co_return end_events(model, {.input_tokens = 10, .output_tokens = deltas_});
        }
        due_ += said_++ == 0 ? phase() : provider_.apart_;
        co_await tick_.wait_until(due_);
        co_return delta_event(model, make_stamp(std::chrono::steady_clock::now()));
    }

    void on_client_gone() override {
        is_gone_ = true;
        tick_.set();
        if (held_) {
            held_->set();
        }
    }

  private:
    Task<void> wait_for_release() {
        if (!provider_.is_held_) {
            co_return;
        }
        was_held_ = true;
        held_ = std::make_shared<aio::Signal>();
        provider_.held_.push_back(held_);
        ++provider_.waiting_;
        co_await held_->wait();
        --provider_.waiting_;
    }

    // Answers that begin together do not speak at the same moment.
    std::chrono::milliseconds phase() const {
        const auto apart = std::max<std::int64_t>(provider_.apart_.count(), 1);
        return std::chrono::milliseconds{was_held_ ? static_cast<std::int64_t>(number_) % apart
                                                   : 0};
    }

    PacedProvider& provider_;
    std::size_t number_;
    int deltas_;
    std::shared_ptr<aio::Signal> held_;
    aio::Signal tick_;
    Steady due_;
    int said_ = 0;
    bool was_held_ = false;
    bool is_gone_ = false;
};

class PacedProvider::Answers final : public net::http::Handler {
  public:
    explicit Answers(PacedProvider& provider) : provider_(provider) {}

    Task<void> handle(net::http::Exchange& exchange) override {
        net::http::Response response;
        if (exchange.head().path.ends_with("/models")) {
            response.headers.append("Content-Type", "application/json");
            response.body = models_body(model);
        } else {
            co_await exchange.read_body(prompt_bytes_max);
            response.headers.append("Content-Type", "text/event-stream");
            response.stream = std::make_unique<Body>(provider_, ++number_);
        }
        co_await exchange.respond(std::move(response));
    }

  private:
    PacedProvider& provider_;
    std::size_t number_ = 0;
};

PacedProvider::PacedProvider(std::uint16_t port, Pace pace)
    : apart_(pace.apart), deltas_(pace.deltas), answers_(std::make_unique<Answers>(*this)) {
    server_ = std::make_unique<net::http::Server>(
        loop_, net::http::ServerConfig{.connections_max = connections_max}, *answers_);
    server_->listen({.port = port});
    thread_ = std::jthread{[this] { loop_.run(); }};
}

PacedProvider::~PacedProvider() {
    release();
    loop_.spawn(close());
}

Task<void> PacedProvider::close() {
    co_await server_->drain(std::chrono::steady_clock::now() + std::chrono::seconds{1});
    loop_.stop();
}

void PacedProvider::hold() { is_held_ = true; }

void PacedProvider::release() {
    is_held_ = false;
    loop_.post([this] {
        for (const auto& held : std::exchange(held_, {})) {
            held->set();
        }
    });
}

}  // namespace loquat::test
