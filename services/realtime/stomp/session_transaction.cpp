#include "services/realtime/stomp/post_body.hpp"
#include "services/realtime/stomp/session.hpp"

namespace loquat::realtime {

using net::stomp::Command;

void Session::begin_transaction(const Frame& frame) {
    const auto name = frame.find("transaction");
    if (!name) {
        throw missing_header("transaction");
    }
    if (!transactions_) {
        transactions_ = std::make_unique<Transactions>();
    }
    if (transactions_->contains(*name)) {
        throw Failure{Kind::conflict, "stomp.transaction_exists",
                      "This transaction has been begun already."};
    }
    if (transactions_->size() >= parts_.config.transactions_max) {
        throw Failure{Kind::limited, "stomp.transaction_limit", "Too many transactions are open."};
    }
    transactions_->emplace(std::string{*name}, Transaction{});
}

Session::Transactions::iterator Session::find_transaction(const Frame& frame) {
    const auto name = frame.find("transaction");
    if (!name) {
        throw missing_header("transaction");
    }
    if (transactions_) {
        if (const auto found = transactions_->find(*name); found != transactions_->end()) {
            return found;
        }
    }
    throw Failure{Kind::not_found, "stomp.unknown_transaction", "Begin the transaction first."};
}

void Session::abort_transaction(const Frame& frame) {
    const auto found = find_transaction(frame);
    transactions_->erase(found);
}

// True when the frame belongs to an open transaction and is held until COMMIT.
bool Session::defer_to_transaction(Frame& frame) {
    const bool may = frame.command == Command::send || frame.command == Command::ack ||
                     frame.command == Command::nack;
    if (!may || !frame.find("transaction")) {
        return false;
    }
    Transaction& transaction = find_transaction(frame)->second;
    transaction.bytes += frame.bytes();
    if (transaction.frames.size() >= parts_.config.transaction_frames_max ||
        transaction.bytes > parts_.config.inbox_bytes_max) {
        throw Failure{Kind::limited, "stomp.transaction_limit", "The transaction is too large."};
    }
    transaction.frames.push_back(frame);
    return true;
}

// All that can be said of the frames before anything is done.
std::vector<contracts::PostMessageRequest> Session::judge(const std::vector<Frame>& frames) const {
    std::vector<contracts::PostMessageRequest> messages;
    for (const Frame& held : frames) {
        if (held.command != Command::send) {
            check_acknowledged(held);
            continue;
        }
        const auto destination = held.find("destination");
        if (!destination) {
            throw missing_header("destination");
        }
        const ActionTarget target = parse_action(*destination);
        if (target.action != Action::message) {
            throw Failure{Kind::malformed, "stomp.not_transactional",
                          "A transaction takes messages, ACK and NACK only."};
        }
        messages.push_back(read_message(target.chat, held.body));
    }
    return messages;
}

// The messages travel as one append, all or none.  Receipts of the frames wait for it: they promise
// the same as without a transaction.
std::optional<Call> Session::commit() {
    const auto found = find_transaction(work_->frame);
    auto& held = work_->what.emplace<FrameWork::Commit>().held;
    held = std::move(found->second.frames);
    transactions_->erase(found);
    std::vector<contracts::PostMessageRequest> messages = judge(held);
    if (messages.empty()) {
        return std::nullopt;
    }
    return AcceptMessages{identity_, std::move(messages), contracts::AcceptMode::all_or_none};
}

void Session::on_committed(const contracts::AcceptedMessages& answer) {
    if (answer.refused) {
        throw to_failure(*answer.refused);
    }
    for (const Frame& held : std::get<FrameWork::Commit>(work_->what).held) {
        if (held.command != Command::send) {
            acknowledge(held);
        }
        answer_receipt(held);
    }
}

}  // namespace loquat::realtime
