#include "services/chat/departures/erasure.hpp"

#include <algorithm>
#include <iterator>

#include "base/log.hpp"

namespace loquat::chat {
namespace {

constexpr std::size_t erased_at_once = 200;
constexpr int erase_rounds_max = 10;
constexpr std::chrono::seconds store_wait_max{60};
constexpr std::chrono::milliseconds store_pause{50};

}  // namespace

// Until the store has everything that was in the log when it was called.
Task<void> Erasure::wait_for_store() {
    store::Partition partition{.topic = std::string{contracts::records::messages.topic}};
    const std::uint32_t partitions = co_await parts_.log.partitions(partition.topic);
    const Steady deadline = std::chrono::steady_clock::now() + store_wait_max;
    for (; partition.number < partitions; ++partition.number) {
        co_await wait_for_partition(partition, deadline);
    }
}

Task<void> Erasure::wait_for_partition(store::Partition partition, Steady deadline) {
    const Uuid log = co_await parts_.log.identity(partition.topic);
    const store::LogEnds ends = co_await parts_.log.ends(partition);
    for (;;) {
        const store::Progress stored = co_await parts_.messages.stored();
        const bool is_stored = co_await store::is_all_before(
            parts_.log, partition, stored.applied(partition.number, log), ends.last);
        if (is_stored) {
            co_return;
        }
        if (std::chrono::steady_clock::now() > deadline) {
            throw Failure{Kind::timed_out, "upstream.timeout", "The store is far behind."};
        }
        co_await parts_.loop.sleep_for(store_pause);
    }
}

Task<void> Erasure::erase(const contracts::Sender& author,
                          std::vector<store::Scanned::Found> messages,
                          contracts::Authority authority) {
    const std::span all{messages};
    for (std::size_t at = 0; at < all.size(); at += erased_at_once) {
        std::vector<store::KeyedPayload> records;
        for (const auto& found : all.subspan(at, std::min(erased_at_once, all.size() - at))) {
            contracts::MessageRecord record;
            record.kind = contracts::RecordKind::remove;
            record.chat = found.chat;
            record.message_id = found.id;
            record.sender = author;
            record.authority = authority;
            record.at = parts_.clock.now();
            records.push_back({found.chat.to_string(), contracts::encode(record)});
        }
        std::string topic{contracts::records::messages.topic};
        co_await store::append_in_groups(parts_.log, std::move(topic), std::move(records));
        co_await wait_for_store();
    }
}

Task<std::size_t> Erasure::erase_written(const contracts::Sender& author) {
    std::size_t erased = 0;
    std::optional<store::ScanPlace> place = store::ScanPlace{};
    while (place) {
        store::Scanned scanned = co_await parts_.messages.scan_sender(author.id, *place);
        place = scanned.next;
        erased += scanned.found.size();
        co_await erase(author, std::move(scanned.found), contracts::Authority::sender);
    }
    co_return erased;
}

// Also what others wrote there: answers of assistants to somebody who is alone with them.
Task<void> Erasure::erase_conversation(ChatId chat, const contracts::Sender& author) {
    std::int64_t after = 0;
    for (;;) {
        store::PageQuery query;
        query.chat = chat;
        query.after_seq = after;
        query.limit = store::MessageHistory::page_max;
        const store::Page page = co_await parts_.messages.page(std::move(query));
        if (page.items.empty()) {
            co_return;
        }
        after = page.items.back().seq;
        std::vector<store::Scanned::Found> found;
        for (const contracts::StoredMessage& message : page.items) {
            if (!message.deleted_at) {
                found.push_back({chat, message.id});
            }
        }
        co_await erase(author, std::move(found), contracts::Authority::moderator);
    }
}

Task<contracts::Sender> Erasure::removed_author(UserId user) {
    contracts::Sender author;
    author.id = user;
    co_return co_await parts_.people.with_present_name(std::move(author));
}

// Before the person leaves: then nobody knows any more which conversations were theirs alone.
Task<void> Erasure::erase_own_conversations(UserId user) {
    co_await wait_for_store();
    const contracts::Sender author = co_await removed_author(user);
    for (const Place& place : co_await parts_.chats.list_places(user)) {
        const ConversationPtr conversation = co_await parts_.cache.find(place.chat);
        if (conversation && conversation->members().size() == 1) {
            co_await erase_conversation(place.chat, author);
        }
    }
}

// After the person has left: they write nothing any more.
Task<void> Erasure::erase_messages(UserId user) {
    co_await wait_for_store();
    const contracts::Sender author = co_await removed_author(user);
    std::size_t erased = 0;
    for (int round = 1; const std::size_t found = co_await erase_written(author); ++round) {
        erased += found;
        if (round == erase_rounds_max) {
            throw Failure{Kind::unavailable, "upstream.unavailable",
                          "More messages of a removed account keep coming."};
        }
    }
    log_info({.service = "chat"}, "the messages of a removed account are erased",
             {{"messages", erased}, {"user_id", user.to_string()}});
    const contracts::Caller house;
    parts_.audit.note(house, {.action = "chat.messages_erased", .subject = user.to_string()});
}

}  // namespace loquat::chat
