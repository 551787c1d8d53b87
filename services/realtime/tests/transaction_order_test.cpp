#include <gtest/gtest.h>

#include "services/realtime/tests/explored.hpp"

// Every order of what somebody may send, up to a length: each frame is answered once, in its order,
// and what a RECEIPT promises is so.

namespace loquat::realtime::testing {
namespace {

enum class Letter {
    say,  // SEND
    begin,
    hold,  // SEND in the transaction
    bad,   // the same, of a message that chat refuses
    commit,
    abort,
    answer,  // of the oldest call
    full,    // the oldest call finds a full disk
};

class Sending {
  public:
    std::string play(const std::vector<Letter>& letters) {
        for (const Letter letter : letters) {
            act(letter);
            world_.turn();
            look();
        }
        world_.answer_all();
        look();
        if (wrong_.empty() && !world_.wire.is_closed && !ranks_.empty()) {
            return "a frame was not answered: " + ranks_.begin()->first;
        }
        return wrong_;
    }

  private:
    void act(Letter letter) {
        if (world_.wire.is_closed) {
            return;
        }
        switch (letter) {
            case Letter::say:
                send("SEND", chat_, "", "m");
                ranks_[last_] = ++rank_;
                break;
            case Letter::answer:
                world_.answer();
                break;
            case Letter::full:
                world_.fail({Kind::unavailable, "store.full", ""});
                break;
            case Letter::begin:
                if (!is_open_) {
                    send("BEGIN", "", "transaction:t\n", "");
                    ranks_[last_] = ++rank_;
                    is_open_ = true;
                }
                break;
            default:
                if (is_open_) {
                    act_on_open(letter);
                }
                break;
        }
    }

    void act_on_open(Letter letter) {
        if (letter == Letter::hold || letter == Letter::bad) {
            send("SEND", chat_, "transaction:t\n", letter == Letter::bad ? "refused" : "m");
            held_.push_back(last_);
            return;
        }
        send(letter == Letter::commit ? "COMMIT" : "ABORT", "", "transaction:t\n", "");
        if (letter == Letter::commit) {
            for (const std::string& held : held_) {
                ranks_[held] = ++rank_;
                by_commit_[last_].push_back(held);
            }
        }
        ranks_[last_] = ++rank_;
        held_.clear();
        is_open_ = false;
    }

    void send(const std::string& command, const std::string& to, const std::string& headers,
              const std::string& text) {
        last_ = "f" + std::to_string(++frames_);
        const std::string body = R"({"client_id":")" + last_ + R"(","text":")" + text + "\"}";
        world_.send(command + "\nreceipt:" + last_ + "\n" + headers +
                    (to.empty() ? "\n" : "destination:" + to + "\n\n" + body));
        if (!to.empty()) {
            messages_.insert(last_);
        }
    }

    void look() {
        const auto& answers = world_.wire.seen.answers;
        for (; read_ < answers.size(); ++read_) {
            const Seen::Answer& answer = answers[read_];
            const auto rank = ranks_.find(answer.receipt);
            note(rank == ranks_.end(), "answered twice, or never promised: ", answer.receipt);
            if (rank == ranks_.end()) {
                return;
            }
            note(rank->second < answered_, "answered out of order: ", answer.receipt);
            answered_ = rank->second;
            ranks_.erase(rank);
            if (!answer.code.empty()) {
                for (const std::string& held : by_commit_[answer.receipt]) {
                    ranks_.erase(held);
                }
            } else if (messages_.contains(answer.receipt)) {
                note(!world_.durable.contains(answer.receipt), "not durable: ", answer.receipt);
            }
        }
    }

    void note(bool is_wrong, const char* what, const std::string& which) {
        if (is_wrong && wrong_.empty()) {
            wrong_ = what + which;
        }
    }

    Explored world_;
    std::string chat_ = "/app/chats/" + ChatId::make().to_string() + "/messages";
    std::map<std::string, int> ranks_;  // of frames that are not answered yet
    std::map<std::string, std::vector<std::string>> by_commit_;
    std::set<std::string> messages_;
    std::vector<std::string> held_;
    std::string last_;
    std::string wrong_;
    std::size_t read_ = 0;
    int rank_ = 0;
    int answered_ = 0;
    int frames_ = 0;
    bool is_open_ = false;
};

TEST(EveryOrder, of_sends_and_transactions_answers_each_frame_once_and_in_order) {
    constexpr std::size_t letters = 8;
    explore(letters, 5, [](const std::vector<std::size_t>& word) {
        std::vector<Letter> chosen;
        for (const std::size_t letter : word) {
            chosen.push_back(static_cast<Letter>(letter));
        }
        return Sending{}.play(chosen);
    });
}

}  // namespace
}  // namespace loquat::realtime::testing
