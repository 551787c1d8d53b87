#pragma once
#include <array>
#include <chrono>
#include <cstdint>

#include "base/size.hpp"
#include "runtime/several_instances.hpp"
#include "wire/describe.hpp"

namespace loquat::chat {

using Instances = runtime::HowMany;

struct ChatConfig {
    Instances instances = Instances::one;
    std::chrono::milliseconds conversation_age_max_ms{2'000};
    std::size_t text_characters_max = 16'000;
    std::size_t title_characters_max = 120;
    std::size_t mentions_max = 50;
    std::int64_t members_max = 10'000;
    std::int64_t chats_per_user_max = 10'000;
    std::chrono::milliseconds store_wait_ms{1'000};
    std::size_t store_waiters_max = 20'000;
    std::chrono::milliseconds typing_interval_ms{2'000};
    std::int64_t receipts_members_max = 100;
    std::chrono::milliseconds names_fresh_ms{60'000};
    std::chrono::milliseconds progress_interval_ms{1'000};
    std::chrono::hours creation_key_hours{24};
    std::size_t members_cached_max = 500'000;
    std::size_t people_cached_max = 50'000;
    std::size_t repeats_cached_max = 100'000;
    Mebibytes heads_cached_mib{64};
    std::int64_t generations_waiting_max = 4;
    std::size_t generations_max = 20'000;
    std::chrono::seconds generation_seconds_max{600};
    std::size_t answer_bytes_max = 512 * 1024;
    std::int64_t answer_tokens_reserved = 1'024;
    std::int64_t history_messages_max = 1'000;
    Mebibytes stream_cache_mib{64};
    std::int64_t tokens_per_day_max = 0;

    static constexpr std::array<std::string_view, 13> live{
        "members_max",        "chats_per_user_max",     "store_wait_ms",
        "typing_interval_ms", "receipts_members_max",   "progress_interval_ms",
        "creation_key_hours", "generations_max",        "generation_seconds_max",
        "answer_bytes_max",   "answer_tokens_reserved", "history_messages_max",
        "tokens_per_day_max"};
    static constexpr std::array fields{
        wire::Field{.name = "instances",
                    .doc = "`one`: this instance alone decides about conversations, from memory; "
                           "`several`: others do too, and the database decides (needs servers: "
                           "docs/servers.md)."},
        wire::Field{
            "conversation_age_max_ms", 100, 60'000,
            "With several instances: how long one may go by a conversation as it was, where "
            "it was not told of a change."},
        wire::Field{"text_characters_max", 1, 16'000, "Characters of a message."},
        wire::Field{"title_characters_max", 1, 120, "Characters of a title."},
        wire::Field{"mentions_max", 0, 1'000,
                    "People that one message can mention; more are plain text."},
        wire::Field{"members_max", 2, 100'000, "People in one conversation."},
        wire::Field{"chats_per_user_max", 1, 100'000, "Conversations that one person can be in."},
        wire::Field{"store_wait_ms", 0, 30'000,
                    "How long a sender waits for the number of a message that is already durable "
                    "(then 202)."},
        wire::Field{"store_waiters_max", 1, 1'000'000,
                    "Senders that wait at once; more are refused with 503."},
        wire::Field{"typing_interval_ms", 0, 60'000,
                    "A person's typing is shown once in this time in a conversation."},
        wire::Field{"receipts_members_max", 0, 10'000,
                    "In larger conversations nobody is told how far others have read."},
        wire::Field{"names_fresh_ms", 0, 3'600'000,
                    "A person's name is asked for again after this time."},
        wire::Field{
            "progress_interval_ms", 10, 60'000,
            "How often activity, and markers moved by one's own messages, are written down."},
        wire::Field{"creation_key_hours", 1, 720, "How long an Idempotency-Key is remembered."},
        wire::Field{"members_cached_max", 1'000, 100'000'000,
                    "Members of the conversations kept in memory; about 64 bytes each."},
        wire::Field{"people_cached_max", 100, 10'000'000,
                    "Names kept in memory; about 300 bytes each."},
        wire::Field{"repeats_cached_max", 0, 10'000'000,
                    "Recent client ids kept to answer repeats early; about 130 bytes each."},
        wire::Field{"heads_cached_mib", 1, 65'536,
                    "Last messages of conversations kept in memory."},
        wire::Field{"generations_waiting_max", 0, 100,
                    "Answers that wait for a person's running one."},
        wire::Field{"generations_max", 1, 1'000'000,
                    "Answers that are written or wait, of all people together."},
        wire::Field{"generation_seconds_max", 1, 86'400, "How long a model may write an answer."},
        wire::Field{"answer_bytes_max", 1'024, 900 * 1'024,
                    "Bytes of an answer; a longer one fails."},
        wire::Field{"answer_tokens_reserved", 1, 1'000'000,
                    "Tokens of a model's context that are left for the answer when nobody says how "
                    "long it may be."},
        wire::Field{"history_messages_max", 1, 10'000, "Messages that a model is given at most."},
        wire::Field{"stream_cache_mib", 0, 65'536,
                    "Event streams of ended answers kept in memory; others are made again when "
                    "somebody reads them."},
        wire::Field{
            "tokens_per_day_max", 0, 1'000'000'000'000,
            "Tokens of models that one person may use on a day (UTC); 0: as many as they like."},
    };
};
BOOST_DESCRIBE_STRUCT(ChatConfig, (),
                      (instances, conversation_age_max_ms, text_characters_max,
                       title_characters_max, mentions_max, members_max, chats_per_user_max,
                       store_wait_ms, store_waiters_max, typing_interval_ms, receipts_members_max,
                       names_fresh_ms, progress_interval_ms, creation_key_hours, members_cached_max,
                       people_cached_max, repeats_cached_max, heads_cached_mib,
                       generations_waiting_max, generations_max, generation_seconds_max,
                       answer_bytes_max, answer_tokens_reserved, history_messages_max,
                       stream_cache_mib, tokens_per_day_max))

}  // namespace loquat::chat
