#pragma once
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "contracts/chat/broadcasts.hpp"
#include "contracts/events/user_event.hpp"
#include "contracts/presence/broadcasts.hpp"
#include "net/stomp/parser.hpp"
#include "net/websocket/reader.hpp"
#include "services/realtime/node.hpp"
#include "testing/world.hpp"

namespace loquat::realtime::testing {

using namespace std::literals;

// A socket in memory.  The test is the client at its other end.
class FakeLink final : public Link {
  public:
    struct End {
        std::string to_server;
        std::string to_client;
        std::size_t window = SIZE_MAX;  // bytes that the "kernel" still takes
        std::size_t writes = 0;
        bool client_gone = false;
        bool server_shut = false;
        bool closed = false;
        Owner* reader = nullptr;
        Owner* writer = nullptr;
    };

    explicit FakeLink(std::shared_ptr<End> end) : end_(std::move(end)) {}
    net::IoResult try_read(std::span<char> into) override;
    net::IoResult try_write(std::span<const iovec> parts) override;
    void want_read(Owner& owner) override {
        EXPECT_EQ(end_->reader, nullptr) << "a stream has one waiter for each way";
        end_->reader = &owner;
    }
    void want_write(Owner& owner) override {
        EXPECT_EQ(end_->writer, nullptr) << "a stream has one waiter for each way";
        end_->writer = &owner;
    }
    void shutdown_write() override { end_->server_shut = true; }
    void close() override;

  private:
    std::shared_ptr<End> end_;
};

class FakeTokens final : public TokenPort {
  public:
    explicit FakeTokens(const Clock& clock) : clock_(clock) {}
    Task<Identity> verify(std::string token) override;
    // A token for that person; the same name is the same person.
    Identity& issue(const std::string& name, std::string token = {});

    std::map<std::string, Identity> tokens;
    std::map<std::string, UserId> users;

  private:
    const Clock& clock_;
};

using test::FakeBroadcast;

// A chat service in memory, whose answers can be held back.
class FakeChat final : public ChatPort {
  public:
    explicit FakeChat(FakeBroadcast& broadcast) : broadcast_(broadcast) {}

    Task<contracts::Subscribable> check_subscription(Identity who, ChatId chat) override;
    Task<contracts::AcceptedMessages> accept_messages(
        Identity who, std::vector<contracts::PostMessageRequest> given,
        contracts::AcceptMode mode) override;
    Task<void> post_typing(Identity who, ChatId chat) override;
    Task<void> put_read(Identity who, ChatId chat, std::int64_t seq) override;
    Task<contracts::MessagePage> list_after(Identity who, ChatId chat, std::int64_t after_seq,
                                            std::int32_t limit) override;
    Task<contracts::ChatPlaces> list_places(Identity who) override;
    contracts::ChatPlaces places;         // what list_places gives
    std::int64_t stored_max = INT64_MAX;  // the store knows nothing beyond this number

    enum class Announce { yes, no };
    // Stores the next message of the chat, and broadcasts it.
    std::int64_t post(ChatId chat, std::string text, Announce announce = Announce::yes);
    void announce(ChatId chat, std::int64_t seq);
    void publish(ChatId chat, contracts::RoomEvent event);
    // On the loop: lets all that was held go on.
    void release();

    // While it is in here, calls of that name wait.
    std::set<std::string> held;
    std::map<ChatId, std::vector<contracts::Message>> messages;
    std::set<std::pair<ChatId, UserId>> removed;
    std::set<std::string> client_ids;
    std::vector<std::string> calls;
    std::optional<Failure> next_failure;
    std::map<ChatId, std::vector<contracts::LiveGeneration>> generations;

  private:
    Task<void> wait_for(std::string name);
    std::vector<std::shared_ptr<aio::Signal>> waiting_;
    FakeBroadcast& broadcast_;
};

class FakePresence final : public PresencePort {
  public:
    void on_changed(const contracts::PresenceReportEntry& entry) override {
        last[entry.user_id] = {entry.connections, entry.away};
        watching[entry.user_id] = entry.watching;
    }
    std::map<UserId, bool> watching;
    std::map<UserId, std::pair<std::int32_t, std::int32_t>> last;
};

// A client: speaks WebSocket frames to a connection of the node and takes apart what comes back.
class Client final : net::websocket::ReadSink, net::stomp::FrameSink {
  public:
    enum class Type { text, binary };

    Client(aio::Loop& loop, Node& node, Upgraded upgraded = {});

    // A STOMP frame, without its NUL, as one WebSocket message.
    void send(std::string_view frame);
    void send_raw(std::string bytes);
    void send_message(std::string_view payload);
    void go_away();
    // Opens the client's window again.
    void drain();
    // Runs the loop and reads what came.
    void run();
    void connect(const std::string& token = "ann", const std::string& headers = "");
    void subscribe(const std::string& id, ChatId chat, const std::string& headers = "");

    // Frames since the last call, as text: command, headers that matter, body.
    std::vector<net::stomp::Frame> take();
    net::stomp::Frame take_one();
    std::vector<std::string> take_bodies();
    std::vector<std::int64_t> take_seqs();

    std::shared_ptr<FakeLink::End> end = std::make_shared<FakeLink::End>();
    Type type = Type::text;
    std::optional<std::uint16_t> close_code;
    int pings = 0;
    int beats = 0;
    std::vector<net::websocket::MessageType> types;

  private:
    void on_data(net::websocket::MessageType type, std::string_view piece,
                 net::websocket::Part part) override;
    void on_ping(std::string_view) override { ++pings; }
    void on_pong(std::string_view) override {}
    void on_close(std::uint16_t code, std::string_view) override { close_code = code; }
    void on_frame(net::stomp::Frame frame) override { frames_.push_back(std::move(frame)); }

    aio::Loop& loop_;
    net::websocket::InflaterPool inflaters_;
    net::websocket::ReadSettings settings_;
    net::stomp::ParseLimits limits_;
    net::websocket::Reader reader_;
    net::stomp::Parser parser_;
    std::vector<net::stomp::Frame> frames_;
};

class RealtimeTest : public ::testing::Test, protected test::WorldBase {
  protected:
    RealtimeTest();
    ~RealtimeTest() override;

    Client& client() { return *clients_.emplace_back(std::make_unique<Client>(loop, *node)); }
    Client& connected(const std::string& name = "ann", const std::string& headers = "");
    Client& following(const std::string& name, ChatId chat, const std::string& headers = "");
    // Follows the list of its conversations, as subscription `q`.
    Client& listing(const std::string& name);
    // Until the numbers of unread messages that are due have been given.
    void wait_until_told();
    // Those that have gone away.
    void forget_clients() { clients_.clear(); }
    void run() { loop.poll(); }
    // Lets the answers that chat held back come.
    void release();
    void pass(std::chrono::milliseconds time);
    // A new node with this configuration; before any client.
    void restart();

    Config config;
    FakeTokens tokens{clock};
    FakeBroadcast broadcast;
    FakeChat chat{broadcast};
    FakePresence presence;
    Hearing hearing = Hearing::certain;
    std::unique_ptr<Node> node;
    ChatId room = ChatId::make();

  private:
    std::vector<std::unique_ptr<Client>> clients_;
};

std::string header(const net::stomp::Frame& frame, std::string_view name);
std::string text_of(const std::string& event_body);

}  // namespace loquat::realtime::testing
