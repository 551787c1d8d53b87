#pragma once
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "services/consumer/ports.hpp"

namespace loquat::consumer {

// A message as it is now, and the sum of its text as it was sent.
struct KeptMessage {
    contracts::StoredMessage message;
    std::int64_t sent_sum = 0;
};

// What the records of a batch do to what is stored, found without writing: for stores that write it
// afterwards.  First it is told all that the records have to do with: the messages under their ids
// and client ids (`client_ids_of`), and the last number of each chat that they send to.
class BatchEffect {
  public:
    void know(KeptMessage stored);
    void know_last(ChatId chat, std::int64_t seq) { last_seqs_[chat] = seq; }

    // In the order of the batch.
    contracts::Outcome apply(const std::optional<contracts::MessageRecord>& record);

    // New ones as they were sent, in the order of their numbers in each chat.
    const std::vector<KeptMessage>& added() const { return added_; }
    // Of what each message became by edits and a removal, the last.
    struct Changed {
        contracts::StoredMessage message;
        std::size_t record = 0;  // of the batch, by which it was changed
    };
    const std::map<MessageId, Changed>& changed() const { return changed_; }
    const std::unordered_map<ChatId, std::int64_t>& last_seqs() const { return last_seqs_; }

  private:
    contracts::Outcome change_as(const contracts::MessageRecord& record);
    contracts::Outcome add_as(const contracts::MessageRecord& record, const std::string& client_id);

    std::unordered_map<MessageId, KeptMessage> by_id_;
    std::map<std::tuple<ChatId, UserId, std::string>, MessageId> by_client_id_;
    std::unordered_map<ChatId, std::int64_t> last_seqs_;
    std::vector<KeptMessage> added_;
    std::map<MessageId, Changed> changed_;
    std::size_t records_ = 0;
};

// Under which client ids a message may come to be stored.
std::vector<std::string> client_ids_of(const contracts::MessageRecord& record);

}  // namespace loquat::consumer
