#include "services/realtime/tests/explored.hpp"

#include <gtest/gtest.h>

namespace loquat::realtime::testing {

void Flushes::run() {
    const auto listed = std::exchange(listed_, {});
    for (Flushable* one : listed) {
        take(*one);
        one->flush();
    }
}

void Seen::take(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto at = [&](std::size_t i) {
            return static_cast<std::size_t>(static_cast<unsigned char>(bytes[i]));
        };
        const bool is_wide = (at(1) & 0x7FU) == 126;
        const std::size_t length = is_wide ? (at(2) << 8U | at(3)) : (at(1) & 0x7FU);
        const std::size_t head = is_wide ? 4 : 2;
        take_frame(bytes.substr(head, length));
        bytes.remove_prefix(head + length);
    }
}

void Seen::take_frame(std::string_view frame) {
    const auto header = [&](std::string_view name) {
        const std::string wanted = "\n" + std::string{name} + ":";
        const std::size_t at = frame.find(wanted);
        const std::size_t from = at + wanted.size();
        return at == std::string_view::npos
                   ? std::string{}
                   : std::string{frame.substr(from, frame.find('\n', from) - from)};
    };
    if (frame.starts_with("RECEIPT")) {
        answers.push_back({header("receipt-id"), ""});
    } else if (frame.starts_with("ERROR")) {
        answers.push_back({header("receipt-id"), header("code")});
    } else if (frame.starts_with("MESSAGE")) {
        const std::string seq = header("seq");
        std::string body{frame.substr(frame.find("\n\n") + 2)};
        body.pop_back();
        events.push_back({header("subscription"), header("ack"), header("message-id"),
                          seq.empty() ? 0 : std::stoll(seq), std::move(body)});
    }
}

bool Seen::has_receipt(std::string_view id) const {
    return std::ranges::any_of(
        answers, [&](const Answer& one) { return one.receipt == id && one.code.empty(); });
}

void FakeWire::add(SharedBatch batch, bool is_event) {
    if (is_closed) {
        return;
    }
    on_queued(batch->bytes);
    bytes_ += batch->bytes.size();
    queue_.push_back({std::move(batch), is_event});
}

void FakeWire::answer(std::string_view frame) {
    std::string bytes;
    net::websocket::append_frame(bytes, net::websocket::Opcode::text, frame);
    push(bytes);
}

void FakeWire::push(std::string_view frames) {
    auto batch = std::make_shared<FrameBatch>();
    batch->bytes = frames;
    add(std::move(batch), false);
}

void FakeWire::enqueue(const SharedBatch& batch) { add(batch, true); }

void FakeWire::fail(const Failure& failure, std::string_view receipt) {
    if (!is_closed) {
        session->end();
        say_error(failure, receipt);
        is_closed = true;
    }
}

void FakeWire::say_error(const Failure& failure, std::string_view receipt) {
    std::string bytes;
    net::stomp::FrameWriter writer{bytes, shape_.version, net::stomp::Command::error};
    writer.header("code", failure.code).header("receipt-id", receipt).finish();
    answer(bytes);
}

void FakeWire::close(std::uint16_t, std::string_view) {
    session->end();
    is_closed = true;
}

void FakeWire::flush() {
    if (!is_jammed) {
        for (const Queued& one : std::exchange(queue_, {})) {
            seen.take(one.batch->bytes);
        }
        bytes_ = 0;
        session->on_drained();
        return;
    }
    if (bytes_ > queue_bytes_max) {
        std::vector<SharedBatch> dropped;
        for (const Queued& one : queue_) {
            if (one.is_event) {
                dropped.push_back(one.batch);
                bytes_ -= one.batch->bytes.size();
            }
        }
        std::erase_if(queue_, [](const Queued& one) { return one.is_event; });
        session->on_overflow(dropped);
    }
    most_bytes = std::max(most_bytes, bytes_);
}

Explored::Explored(Config settings, std::string_view version) : config(std::move(settings)) {
    who = {UserId::make(), SessionId::make(), contracts::Role::user,
           "ann",          clock.now(),       clock.now() + std::chrono::minutes{15}};
    wire.session = &session;
    send("CONNECT\naccept-version:" + std::string{version} + "\n\n");
    answer();
    turn();
}

void Explored::send(std::string_view text) {
    net::stomp::Frame frame;
    std::size_t end = text.find('\n');
    frame.command = *net::stomp::parse_command(text.substr(0, end));
    for (text.remove_prefix(end + 1); !text.starts_with('\n'); text.remove_prefix(end + 1)) {
        end = text.find('\n');
        const std::size_t colon = text.find(':');
        frame.add(text.substr(0, colon), text.substr(colon + 1, end - colon - 1));
    }
    frame.body = text.substr(1);
    session.on_frame(std::move(frame));
    look_for_calls();
}

std::int64_t Explored::store(ChatId chat, std::string text) {
    contracts::Message message;
    message.chat_id = chat;
    message.seq = static_cast<std::int64_t>(messages[chat].size()) + 1;
    message.text = std::move(text);
    messages[chat].push_back(std::move(message));
    return static_cast<std::int64_t>(messages[chat].size());
}

void Explored::tell(ChatId chat, std::int64_t seq) {
    const std::string& text = messages[chat][static_cast<std::size_t>(seq - 1)].text;
    tell(chat, {"message", seq, {}, R"({"type":"message","text":")" + text + "\"}"});
}

void Explored::turn() {
    look_for_calls();
    flushes.run();
    wire.flush();
    look_for_calls();
}

void Explored::look_for_calls() {
    if (std::exchange(wire.has_calls, false)) {
        if (const auto call = session.next_call()) {
            under_way_.push_back(perform(*call));
        }
    }
    for (const auto& reader : std::exchange(runs.readers, {})) {
        step(reader);
    }
}

void Explored::step(const std::shared_ptr<HistoryReader>& reader) {
    const HistoryStep step = reader->next();
    if (const auto* page = std::get_if<ReadPage>(&step)) {
        under_way_.push_back(read(reader, *page));
    } else if (std::holds_alternative<Pause>(step)) {
        under_way_.push_back(
            {.reader = reader, .page = {}, .answer = {}, .failure = {}, .client_ids = {}});
    }
}

Explored::UnderWay Explored::read(std::shared_ptr<HistoryReader> reader, const ReadPage& page) {
    UnderWay made{.reader = std::move(reader),
                  .page = contracts::MessagePage{},
                  .answer = {},
                  .failure = {},
                  .client_ids = {}};
    if (gone.contains(page.chat)) {
        made.failure = Failure{Kind::not_found, "chat.not_found", ""};
        return made;
    }
    constexpr std::size_t page_items = 2;
    for (const contracts::Message& message : messages[page.chat]) {
        if (*message.seq > page.after_seq && *message.seq <= stored_max &&
            made.page->items.size() < page_items) {
            made.page->items.push_back(message);
        }
    }
    made.page->head_seq =
        std::min(stored_max, static_cast<std::int64_t>(messages[page.chat].size()));
    return made;
}

CallAnswer Explored::accept(const AcceptMessages& call) {
    contracts::AcceptedMessages answer;
    for (const contracts::PostMessageRequest& message : call.messages) {
        if (message.text == "refused") {
            answer.refused = {404, "chat.not_found", "There is no such conversation."};
            if (call.mode == contracts::AcceptMode::all_or_none) {
                answer.accepted = 0;
            }
            break;
        }
        ++answer.accepted;
    }
    for (std::int64_t i = 0; i < answer.accepted; ++i) {
        const auto& message = call.messages[static_cast<std::size_t>(i)];
        tell(message.id, store(message.id, message.text));
    }
    return answer;
}

Explored::UnderWay Explored::perform(const Call& call) {
    UnderWay made;
    if (std::holds_alternative<VerifyToken>(call)) {
        made.answer = who;
    } else if (const auto* check = std::get_if<CheckSubscription>(&call)) {
        if (gone.contains(check->chat)) {
            made.failure = Failure{Kind::not_found, "chat.not_found", ""};
        }
        contracts::Subscribable allowed;
        allowed.head_seq = static_cast<std::int64_t>(messages[check->chat].size());
        allowed.generations = generations[check->chat];
        asked_head = allowed.head_seq;
        made.answer = allowed;
    } else if (const auto* messages_call = std::get_if<AcceptMessages>(&call)) {
        made.answer = accept(*messages_call);
        const auto accepted = std::get<contracts::AcceptedMessages>(made.answer).accepted;
        for (std::int64_t i = 0; i < accepted; ++i) {
            made.client_ids.push_back(
                messages_call->messages[static_cast<std::size_t>(i)].client_id);
        }
    }
    return made;
}

bool Explored::answer() { return finish(std::nullopt); }

bool Explored::fail(const Failure& failure) { return finish(failure); }

bool Explored::finish(std::optional<Failure> failure) {
    if (under_way_.empty()) {
        return false;
    }
    UnderWay one = std::move(under_way_.front());
    under_way_.pop_front();
    if (!failure) {
        failure = one.failure;
    }
    if (one.reader) {
        if (one.page && failure) {
            one.reader->on_failed(*failure);
        } else if (one.page) {
            one.reader->on_page(std::move(*one.page));
        }
        step(one.reader);
    } else {
        if (failure) {
            session.on_failed(*failure);
        } else {
            durable.insert(one.client_ids.begin(), one.client_ids.end());
            session.on_answer(std::move(one.answer));
        }
        if (const auto call = session.next_call()) {
            under_way_.push_back(perform(*call));
        }
    }
    look_for_calls();
    return true;
}

void Explored::answer_all() {
    for (int i = 0; i < 1'000 && answer(); ++i) {
        turn();
    }
    EXPECT_FALSE(answer()) << "it asks without end";
}

void Explored::end_membership(ChatId chat) {
    gone.insert(chat);
    if (const auto room = rooms.find(chat)) {
        room->note_removal();
        session.end_room_subscriptions(*room);
    }
}

void explore(std::size_t letters, std::size_t length,
             const std::function<std::string(const std::vector<std::size_t>&)>& play) {
    std::vector<std::size_t> word(length, 0);
    while (true) {
        if (const std::string wrong = play(word); !wrong.empty()) {
            std::string path;
            for (const std::size_t letter : word) {
                path += std::to_string(letter) + " ";
            }
            ADD_FAILURE() << wrong << ", after " << path;
            return;
        }
        std::size_t i = 0;
        while (i < word.size() && ++word[i] == letters) {
            word[i++] = 0;
        }
        if (i == word.size()) {
            return;
        }
    }
}

}  // namespace loquat::realtime::testing
