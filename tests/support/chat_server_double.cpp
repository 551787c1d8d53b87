#include "tests/support/chat_server_double.hpp"

#include "contracts/auth/auth.hpp"
#include "contracts/generation/generation.hpp"

namespace loquat::test {
namespace {

constexpr const char* generation_id = "01a1fe00-f592-700b-9b8a-4efe7d278bd5";

// A piece, then the end.
class OnePiece final : public net::http::BodySource {
  public:
    explicit OnePiece(std::string piece) : piece_(std::move(piece)) {}
    Task<std::optional<std::string>> next() override {
        co_return std::exchange(piece_, std::nullopt);
    }

  private:
    std::optional<std::string> piece_;
};

}  // namespace

class ChatServerDouble::Answers final : public net::http::Handler {
  public:
    explicit Answers(ChatServerDouble& server) : server_(server) {}

    Task<void> handle(net::http::Exchange& exchange) override {
        net::http::Response response;
        co_await exchange.read_body(1 << 20);
        if (exchange.head().path.ends_with("/stream")) {
            const std::size_t number = server_.resumed_after_.size();
            server_.resumed_after_.emplace_back(exchange.head().headers.get("Last-Event-ID"));
            response.headers.append("Content-Type", "text/event-stream");
            response.stream = std::make_unique<OnePiece>(
                server_.streams_.at(std::min(number, server_.streams_.size() - 1)));
        } else {
            response.headers.append("Content-Type", "application/json");
            response.body = server_.answer_to(exchange.head());
        }
        co_await exchange.respond(std::move(response));
    }

  private:
    ChatServerDouble& server_;
};

ChatServerDouble::ChatServerDouble(aio::Loop& loop, std::vector<std::string> streams)
    : answers_(std::make_unique<Answers>(*this)),
      server_(loop, {}, *answers_),
      port_(server_.listen({}).port),
      streams_(std::move(streams)) {}

ChatServerDouble::~ChatServerDouble() = default;

std::string ChatServerDouble::url() const { return "http://127.0.0.1:" + std::to_string(port_); }

std::string ChatServerDouble::answer_to(const net::http::RequestHead& head) {
    if (head.path.starts_with("/api/auth/")) {
        contracts::Session session{.access_token = "token", .refresh_token = "refresh"};
        session.user.username = "ana";
        return wire::encode(session);
    }
    if (head.path.ends_with("/cancel")) {
        ++cancels_;
        return wire::encode(
            contracts::CanceledGeneration{generation_id, contracts::GenerationState::canceled});
    }
    if (head.path.starts_with("/api/generations/")) {
        contracts::Generation generation{
            .generationId = generation_id, .model = "double", .text = text};
        generation.state = contracts::GenerationState::succeeded;
        return wire::encode(generation);
    }
    if (head.path.ends_with("/generations")) {
        if (on_start) {
            on_start();
        }
        return wire::encode(contracts::StartedGeneration{.generationId = generation_id});
    }
    contracts::Chat chat{.kind = contracts::ChatKind::assistant, .title = "Odd"};
    return wire::encode(chat);
}

Task<void> ChatServerDouble::close() {
    co_await server_.drain(std::chrono::steady_clock::now() + std::chrono::seconds{1});
}

}  // namespace loquat::test
