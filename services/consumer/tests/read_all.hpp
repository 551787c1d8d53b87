#pragma once
#include <gtest/gtest.h>

#include <vector>

#include "services/consumer/ports.hpp"
#include "testing/await.hpp"

namespace loquat::consumer {

// Everything that can be read of the chats.
inline std::vector<contracts::StoredMessage> read_all(aio::Loop& loop, MessageStore& store,
                                                      const std::vector<ChatId>& chats) {
    std::vector<contracts::StoredMessage> all;
    for (const ChatId& chat : chats) {
        std::int64_t after = 0;
        for (;;) {
            store::Page page =
                test::await(loop, store.page({.chat = chat, .after_seq = after, .limit = 200}));
            if (page.items.empty()) {
                EXPECT_EQ(after, page.head_seq);
                break;
            }
            for (contracts::StoredMessage& message : page.items) {
                EXPECT_EQ(message.seq, ++after);
                all.push_back(std::move(message));
            }
        }
    }
    return all;
}

}  // namespace loquat::consumer
