#include "services/realtime/tests/harness.hpp"

#include "wire/codec.hpp"

namespace loquat::realtime::testing {

namespace websocket = net::websocket;

net::IoResult FakeLink::try_read(std::span<char> into) {
    if (end_->to_server.empty()) {
        return {end_->client_gone ? net::Io::closed : net::Io::would_block};
    }
    const std::size_t count = std::min(into.size(), end_->to_server.size());
    std::copy_n(end_->to_server.begin(), count, into.begin());
    end_->to_server.erase(0, count);
    return {net::Io::bytes, count};
}

net::IoResult FakeLink::try_write(std::span<const iovec> parts) {
    std::size_t taken = 0;
    for (const iovec& part : parts) {
        const std::size_t count = std::min(part.iov_len, end_->window - taken);
        end_->to_client.append(static_cast<const char*>(part.iov_base), count);
        taken += count;
    }
    if (taken == 0) {
        return {end_->client_gone ? net::Io::closed : net::Io::would_block};
    }
    ++end_->writes;
    end_->window = end_->window == SIZE_MAX ? SIZE_MAX : end_->window - taken;
    return {net::Io::bytes, taken};
}

void FakeLink::close() {
    end_->closed = true;
    end_->reader = nullptr;
    end_->writer = nullptr;
}

Task<Identity> FakeTokens::verify(std::string token) {
    const auto found = tokens.find(token);
    if (found == tokens.end()) {
        throw Failure{Kind::unauthenticated, "auth.invalid_token", "The token is not valid."};
    }
    co_return found->second;
}

Identity& FakeTokens::issue(const std::string& name, std::string token) {
    if (!users.contains(name)) {
        users[name] = UserId::make();
    }
    Identity& identity = tokens[token.empty() ? name : token];
    identity = {users[name], SessionId::make(), contracts::Role::user,
                name,        clock_.now(),      clock_.now() + 15min};
    return identity;
}

Task<void> FakeChat::wait_for(std::string name) {
    calls.push_back(name);
    while (held.contains(name)) {
        const auto released = waiting_.emplace_back(std::make_shared<aio::Signal>());
        co_await released->wait();
    }
    if (next_failure) {
        const Failure failure = *std::exchange(next_failure, std::nullopt);
        throw failure;
    }
}

void FakeChat::release() {
    held.clear();
    for (const auto& signal : std::exchange(waiting_, {})) {
        signal->set();
    }
}

Task<contracts::Subscribable> FakeChat::check_subscription(Identity who, ChatId chat) {
    const bool refused = removed.contains({chat, who.user});
    contracts::Subscribable answer{static_cast<std::int64_t>(messages[chat].size()),
                                   contracts::MemberRole::member, generations[chat]};
    co_await wait_for("check");
    if (refused) {
        throw Failure{Kind::not_found, "chat.not_found", "There is no such conversation."};
    }
    co_return answer;
}

Task<contracts::AcceptedMessages> FakeChat::accept_messages(
    Identity who, std::vector<contracts::PostMessageRequest> given, contracts::AcceptMode mode) {
    co_await wait_for("accept");
    contracts::AcceptedMessages answer;
    const bool has_refused = std::ranges::any_of(
        given, [&](const auto& message) { return removed.contains({message.id, who.user}); });
    if (has_refused && mode == contracts::AcceptMode::all_or_none) {
        answer.refused = {404, "chat.not_found", "There is no such conversation."};
        co_return answer;
    }
    for (const contracts::PostMessageRequest& message : given) {
        if (removed.contains({message.id, who.user})) {
            answer.refused = {404, "chat.not_found", "There is no such conversation."};
            break;
        }
        if (client_ids.insert(message.client_id).second) {
            post(message.id, message.text);
        }
        ++answer.accepted;
    }
    co_return answer;
}

Task<void> FakeChat::post_typing(Identity who, ChatId chat) {
    co_await wait_for("typing");
    publish(chat, contracts::room_event(contracts::TypingEvent{who.user}, who.user));
}

Task<void> FakeChat::put_read(Identity who, ChatId chat, std::int64_t seq) {
    co_await wait_for("read");
    publish(chat, contracts::room_event(contracts::ReadEvent{who.user, seq}, who.user));
}

// As of when it was asked, however long the answer takes.
Task<contracts::ChatPlaces> FakeChat::list_places(Identity) {
    contracts::ChatPlaces answer = places;
    co_await wait_for("places");
    co_return answer;
}

Task<contracts::MessagePage> FakeChat::list_after(Identity, ChatId chat, std::int64_t after_seq,
                                                  std::int32_t limit) {
    contracts::MessagePage page;
    for (const contracts::Message& message : messages[chat]) {
        if (*message.seq > after_seq && *message.seq <= stored_max &&
            page.items.size() < static_cast<std::size_t>(limit)) {
            page.items.push_back(message);
        }
    }
    page.head_seq = std::min(stored_max, static_cast<std::int64_t>(messages[chat].size()));
    co_await wait_for("list");
    co_return page;
}

std::int64_t FakeChat::post(ChatId chat, std::string text, Announce how) {
    contracts::Message message;
    message.id = MessageId::make();
    message.chat_id = chat;
    message.seq = static_cast<std::int64_t>(messages[chat].size()) + 1;
    message.text = std::move(text);
    messages[chat].push_back(message);
    if (how == Announce::yes) {
        announce(chat, *message.seq);
    }
    return *message.seq;
}

void FakeChat::announce(ChatId chat, std::int64_t seq) {
    const contracts::Message& message = messages[chat][static_cast<std::size_t>(seq - 1)];
    publish(chat, contracts::message_told(contracts::OutcomeKind::stored, message));
}

void FakeChat::publish(ChatId chat, contracts::RoomEvent event) {
    broadcast_.publish(contracts::topics::chat_room.name(chat), contracts::encode(event));
}

Client::Client(aio::Loop& loop, Node& node, Upgraded upgraded)
    : loop_(loop),
      settings_{websocket::Role::client, 1 << 26, &inflaters_},
      limits_{.headers_max = 100, .head_bytes_max = 1 << 16, .body_bytes_max = 1 << 26},
      reader_(settings_, upgraded.deflate_bits != 0 ? websocket::Reader::Extension::deflate
                                                    : websocket::Reader::Extension::none),
      parser_(limits_) {
    parser_.set_version(net::stomp::Version::v1_2);
    upgraded.link = std::make_unique<FakeLink>(end);
    auto held = std::make_shared<Upgraded>(std::move(upgraded));
    loop.post([&node, held] { node.accept(std::move(*held)); });
    run();
}

void Client::send(std::string_view frame) { send_message(std::string{frame} + '\0'); }

void Client::send_message(std::string_view payload) {
    std::string bytes;
    const auto opcode = type == Type::text ? websocket::Opcode::text : websocket::Opcode::binary;
    websocket::append_masked_frame(bytes, {.opcode = opcode, .mask = 0x01020304}, payload);
    send_raw(bytes);
}

void Client::send_raw(std::string bytes) {
    end->to_server += bytes;
    loop_.post([held = end] {
        if (Link::Owner* reader = std::exchange(held->reader, nullptr)) {
            reader->on_readable();
        }
    });
    run();
}

void Client::go_away() {
    end->client_gone = true;
    send_raw("");
}

void Client::drain() {
    end->window = SIZE_MAX;
    loop_.post([held = end] {
        if (Link::Owner* writer = std::exchange(held->writer, nullptr)) {
            writer->on_writable();
        }
    });
    run();
}

void Client::run() {
    loop_.poll();
    std::string bytes = std::exchange(end->to_client, {});
    const auto error = reader_.feed(bytes, *this);
    EXPECT_FALSE(error) << error->reason;
}

void Client::on_data(websocket::MessageType data_type, std::string_view piece, websocket::Part) {
    types.push_back(data_type);
    beats += piece == "\n" ? 1 : 0;
    const auto failure = parser_.feed(piece, *this);
    EXPECT_FALSE(failure) << failure->message;
}

void Client::connect(const std::string& token, const std::string& headers) {
    send("CONNECT\naccept-version:1.2,1.1,1.0\nheart-beat:10000,10000\nAuthorization:Bearer " +
         token + "\n" + headers + "\n");
}

void Client::subscribe(const std::string& id, ChatId chat, const std::string& headers) {
    send("SUBSCRIBE\nid:" + id + "\ndestination:/topic/chats/" + chat.to_string() + "\n" + headers +
         "\n");
}

std::vector<net::stomp::Frame> Client::take() {
    run();
    return std::exchange(frames_, {});
}

net::stomp::Frame Client::take_one() {
    auto frames = take();
    EXPECT_EQ(frames.size(), 1U);
    return frames.empty() ? net::stomp::Frame{} : std::move(frames.front());
}

std::vector<std::string> Client::take_bodies() {
    std::vector<std::string> bodies;
    for (const auto& frame : take()) {
        bodies.push_back(frame.body);
    }
    return bodies;
}

std::vector<std::int64_t> Client::take_seqs() {
    std::vector<std::int64_t> seqs;
    for (const auto& frame : take()) {
        if (const auto seq = frame.find("seq")) {
            seqs.push_back(std::stoll(std::string{*seq}));
        }
    }
    return seqs;
}

RealtimeTest::RealtimeTest() {
    for (const char* name : {"ann", "bob", "cat"}) {
        tokens.issue(name);
    }
    restart();
}

void RealtimeTest::restart() {
    node = std::make_unique<Node>(
        loop, config, NodePorts{tokens, chat, presence, broadcast, rights, clock, hearing});
}

RealtimeTest::~RealtimeTest() {
    release();
    for (const auto& one : clients_) {
        one->go_away();
    }
    auto finish = [](RealtimeTest& test) -> Task<void> {
        co_await test.node->drain(std::chrono::steady_clock::now() + 1s);
        test.loop.stop();
    };
    loop.spawn(finish(*this));
    loop.run();
    node.reset();
}

Client& RealtimeTest::connected(const std::string& name, const std::string& headers) {
    Client& made = client();
    made.connect(name, headers);
    const auto frame = made.take_one();
    EXPECT_EQ(frame.command, net::stomp::Command::connected);
    return made;
}

Client& RealtimeTest::listing(const std::string& name) {
    Client& one = connected(name);
    one.send("SUBSCRIBE\nid:q\ndestination:/user/queue/chats\nreceipt:in-force\n\n");
    one.run();
    return one;
}

void RealtimeTest::wait_until_told() {
    aio::Timer told{[this] { loop.stop(); }};
    told.start(loop, Places::tell_after + Places::tell_after);
    loop.run();
}

Client& RealtimeTest::following(const std::string& name, ChatId chat_id,
                                const std::string& headers) {
    Client& made = connected(name);
    made.subscribe("s1", chat_id, headers);
    return made;
}

void RealtimeTest::release() {
    loop.post([this] { chat.release(); });
    loop.poll();
}

void RealtimeTest::pass(std::chrono::milliseconds time) {
    clock.advance(time);
    loop.post([this] { node->advance(); });
    loop.poll();
}

std::string header(const net::stomp::Frame& frame, std::string_view name) {
    return std::string{frame.get_or_empty(name)};
}

std::string text_of(const std::string& event_body) {
    const wire::Value value = wire::parse(event_body);
    const wire::Value* message = value.find("message");
    const wire::Value* text = message == nullptr ? nullptr : message->find("text");
    return text == nullptr ? "" : *text->if_string();
}

}  // namespace loquat::realtime::testing
