#pragma once
#include <random>
#include <string>

#include "services/consumer/ports.hpp"

namespace loquat::consumer {

// Makes records with a time that moves on.
class RecordMaker {
  public:
    contracts::MessageRecord message(ChatId chat, std::string text) {
        contracts::MessageRecord record =
            start(contracts::RecordKind::message, chat, MessageId::make());
        record.client_id = "client-" + record.message_id.to_string();
        record.text = std::move(text);
        return record;
    }
    contracts::MessageRecord edit(const contracts::MessageRecord& of, std::string text) {
        contracts::MessageRecord record =
            start(contracts::RecordKind::edit, of.chat, of.message_id);
        record.sender = of.sender;
        record.text = std::move(text);
        return record;
    }
    contracts::MessageRecord removal(const contracts::MessageRecord& of) {
        contracts::MessageRecord record =
            start(contracts::RecordKind::remove, of.chat, of.message_id);
        record.sender = of.sender;
        return record;
    }

  private:
    contracts::MessageRecord start(contracts::RecordKind kind, ChatId chat, MessageId id) {
        contracts::MessageRecord record;
        record.kind = kind;
        record.chat = chat;
        record.message_id = id;
        record.sender = ann_;
        record.at = Time{std::chrono::milliseconds{1'767'225'600'000 + ++ticks_}};
        return record;
    }

    contracts::Sender ann_{UserId::make(), "ann", "Ann", contracts::ParticipantKind::person};
    std::int64_t ticks_ = 0;
};

// A stream of records in which repeats, conflicts, edits and removals of all kinds meet.
class RecordStream {
  public:
    explicit RecordStream(std::uint64_t seed) : random_(seed) {
        for (int i = 0; i < 5; ++i) {
            chats_.push_back(ChatId::make());
            users_.push_back(UserId::make());
        }
    }

    std::optional<contracts::MessageRecord> next() {
        const std::size_t dice = pick(100);
        if (dice < 2) {
            return std::nullopt;
        }
        contracts::MessageRecord record =
            sent_.empty() || dice < 60 ? fresh() : sent_[pick(sent_.size())];
        if (dice >= 60 && dice < 70) {
            record.message_id = MessageId::make();  // a repeat
        } else if (dice >= 70 && dice < 75) {
            record.message_id = MessageId::make();
            record.text = "other " + std::to_string(pick(3));
        } else if (dice >= 75 && dice < 88) {
            record.kind = contracts::RecordKind::edit;
            record.text = "edited " + std::to_string(pick(3));
        } else if (dice >= 88) {
            record.kind = contracts::RecordKind::remove;
        }
        if (dice % 7 == 0) {
            record.sender.id = users_[pick(users_.size())];
            record.authority =
                pick(2) == 0 ? contracts::Authority::moderator : contracts::Authority::sender;
        }
        record.at = Time{std::chrono::milliseconds{1'767'225'600'000 + ++ticks_}};
        return record;
    }

    const std::vector<ChatId>& chats() const { return chats_; }

  private:
    std::size_t pick(std::size_t count) { return random_() % count; }

    contracts::MessageRecord fresh() {
        contracts::MessageRecord record;
        record.chat = chats_[pick(chats_.size())];
        record.message_id = MessageId::make();
        record.sender = {users_[pick(users_.size())], "user", "User",
                         contracts::ParticipantKind::person};
        record.client_id = std::to_string(pick(60));
        record.text = "text " + std::to_string(pick(2));
        if (pick(4) == 0) {
            record.mentions = {users_[0], users_[1]};
        }
        sent_.push_back(record);
        return record;
    }

    std::mt19937_64 random_;
    std::vector<ChatId> chats_;
    std::vector<UserId> users_;
    std::vector<contracts::MessageRecord> sent_;
    std::int64_t ticks_ = 0;
};

}  // namespace loquat::consumer
