#include "services/realtime/stomp/post_body.hpp"
#include "services/realtime/stomp/session.hpp"
#include "wire/codec.hpp"

namespace loquat::realtime {

namespace {

struct ReadBody {
    std::int64_t seq = 0;
    static constexpr std::array fields{wire::Field{"seq", 0}};
};
BOOST_DESCRIBE_STRUCT(ReadBody, (), (seq))

enum class Looking { online, away };
BOOST_DESCRIBE_ENUM(Looking, online, away)

struct PresenceBody {
    Looking state = Looking::online;
};
BOOST_DESCRIBE_STRUCT(PresenceBody, (), (state))

// Of one call.
constexpr std::size_t run_max = 64;
static_assert(run_max <= contracts::AcceptMessagesRequest::fields.front().max);

}  // namespace

std::optional<Call> Session::send() {
    const Frame& frame = work_->frame;
    const auto destination = frame.find("destination");
    if (!destination) {
        throw missing_header("destination");
    }
    const ActionTarget target = parse_action(*destination);
    switch (target.action) {
        case Action::message:
            return send_run(read_message(target.chat, frame.body));
        case Action::typing:
            return PostTyping{identity_, target.chat};
        case Action::read:
            return PutRead{identity_, target.chat, wire::from_json<ReadBody>(frame.body).seq};
        case Action::refresh_token:
            return refresh_token();
        case Action::presence:
            set_presence(frame.body);
            break;
    }
    return std::nullopt;
}

// Messages that came one behind the other travel together: one wait for all, receipts in their
// order.
Call Session::send_run(contracts::PostMessageRequest message) {
    auto& more = work_->what.emplace<FrameWork::Run>().more;
    std::vector<contracts::PostMessageRequest> messages;
    messages.push_back(std::move(message));
    while (inbox_ && !inbox_->empty() && messages.size() < run_max) {
        auto next = find_message(inbox_->front());
        if (!next) {
            break;
        }
        messages.push_back(std::move(*next));
        inbox_bytes_ -= inbox_->front().bytes() + sizeof(Frame);
        more.push_back(std::move(inbox_->front()));
        inbox_->pop_front();
    }
    return AcceptMessages{identity_, std::move(messages), contracts::AcceptMode::up_to_refused};
}

void Session::on_accepted(const contracts::AcceptedMessages& answer) {
    const auto accepted = static_cast<std::size_t>(answer.accepted);
    const auto& more = std::get<FrameWork::Run>(work_->what).more;
    for (std::size_t i = 0; i < std::min(accepted, more.size() + 1) && !ended_; ++i) {
        answer_receipt(i == 0 ? work_->frame : more[i - 1]);
    }
    if (answer.refused) {
        fail_run(to_failure(*answer.refused), accepted);
    }
}

void Session::fail_run(const Failure& failure, std::size_t from) {
    const auto& more = std::get<FrameWork::Run>(work_->what).more;
    for (std::size_t i = from; i <= more.size() && !ended_; ++i) {
        fail(failure, i == 0 ? work_->frame : more[i - 1]);
    }
}

void Session::set_presence(std::string_view body) {
    const bool away = wire::from_json<PresenceBody>(body).state == Looking::away;
    if (std::exchange(away_, away) != away) {
        wire_.on_looks_changed();
    }
}

}  // namespace loquat::realtime
