#include "services/gateway/cache/answer_cache.hpp"

#include <algorithm>

namespace loquat::gateway {
namespace {

constexpr std::size_t answers_of_address_max = 16;  // as many as Vary tells apart
constexpr std::size_t waiters_max = 4'096;          // for one address
constexpr std::size_t unshareable_max = 16'384;
constexpr std::chrono::seconds unshareable_for{10};

std::string name_of(const AnswerCache::Place& place) { return place.room + "\n" + place.key; }

std::size_t bytes_of(const std::string& key, const std::vector<StoredAnswerPtr>& answers) {
    std::size_t bytes = 2 * key.size();
    for (const StoredAnswerPtr& answer : answers) {
        bytes += answer->bytes();
    }
    return bytes;
}

}  // namespace

void AnswerCache::touch(Node& node) {
    node.room->by_use.splice(node.room->by_use.begin(), node.room->by_use, node.in_room);
    by_use_.splice(by_use_.begin(), by_use_, node.in_all);
}

void AnswerCache::drop(Node& node) {
    Room& room = *node.room;
    bytes_ -= node.bytes;
    room.bytes -= node.bytes;
    answers_ -= node.answers.size();
    room.by_use.erase(node.in_room);
    by_use_.erase(node.in_all);
    const std::string key = std::move(node.key);
    room.nodes.erase(key);
}

AnswerCache::Found AnswerCache::find(const Place& place, const net::http::HeaderViews& request) {
    std::vector<StoredAnswerPtr> answers;
    {
        const std::lock_guard lock{mutex_};
        const auto room = rooms_.find(place.room);
        const auto node = room == rooms_.end() ? decltype(room->second.nodes.end()){}
                                               : room->second.nodes.find(place.key);
        if (room == rooms_.end() || node == room->second.nodes.end()) {
            return {};
        }
        touch(*node->second);
        answers = node->second->answers;
    }
    const auto fits = std::ranges::find_if(
        answers, [&](const StoredAnswerPtr& one) { return one->is_for(request); });
    return {fits == answers.end() ? nullptr : *fits, !answers.empty()};
}

void AnswerCache::put(const Place& place, StoredAnswerPtr answer, std::size_t room_bytes_max) {
    const std::lock_guard lock{mutex_};
    Room& room = rooms_[place.room];
    std::unique_ptr<Node>& slot = room.nodes[place.key];
    if (!slot) {
        slot = std::make_unique<Node>();
        slot->room = &room;
        slot->key = place.key;
        room.by_use.push_front(slot.get());
        by_use_.push_front(slot.get());
        slot->in_room = room.by_use.begin();
        slot->in_all = by_use_.begin();
    }
    Node& node = *slot;
    touch(node);
    answers_ -= node.answers.size();
    std::erase_if(node.answers,
                  [&](const StoredAnswerPtr& one) { return one->asked == answer->asked; });
    node.answers.insert(node.answers.begin(), std::move(answer));
    if (node.answers.size() > answers_of_address_max) {
        node.answers.pop_back();
        ++evicted_;
    }
    answers_ += node.answers.size();
    const std::size_t bytes = bytes_of(node.key, node.answers);
    bytes_ += bytes - node.bytes;
    room.bytes += bytes - node.bytes;
    node.bytes = bytes;
    while (room.bytes > room_bytes_max) {
        drop(*room.by_use.back());
        ++evicted_;
    }
    while (bytes_ > bytes_max_) {
        drop(*by_use_.back());
        ++evicted_;
    }
}

void AnswerCache::erase(const Place& place) {
    const std::lock_guard lock{mutex_};
    const auto room = rooms_.find(place.room);
    if (room == rooms_.end()) {
        return;
    }
    if (const auto node = room->second.nodes.find(place.key); node != room->second.nodes.end()) {
        drop(*node->second);
    }
}

void AnswerCache::keep_rooms(const std::set<std::string>& rooms) {
    const std::lock_guard lock{mutex_};
    for (auto& [name, room] : rooms_) {
        while (!rooms.contains(name) && !room.by_use.empty()) {
            drop(*room.by_use.back());
        }
    }
    std::erase_if(rooms_, [&](const auto& one) { return !rooms.contains(one.first); });
}

AnswerCache::Turn AnswerCache::take_turn(const Place& place, aio::Loop& loop,
                                         std::shared_ptr<aio::Signal> signal) {
    const std::lock_guard lock{mutex_};
    const auto [entry, is_first] = fetched_.try_emplace(name_of(place));
    if (is_first) {
        return Turn::fetch;
    }
    if (entry->second.size() >= waiters_max) {
        return Turn::alone;
    }
    entry->second.push_back({&loop, std::move(signal)});
    return Turn::wait;
}

void AnswerCache::end_turn(const Place& place, bool is_shareable, Steady now) {
    std::vector<Waiter> waiters;
    {
        const std::lock_guard lock{mutex_};
        const std::string name = name_of(place);
        if (const auto found = fetched_.find(name); found != fetched_.end()) {
            waiters = std::move(found->second);
            fetched_.erase(found);
        }
        if (is_shareable) {
            unshareable_.erase(std::hash<std::string>{}(name));
        } else {
            if (unshareable_.size() >= unshareable_max) {
                unshareable_.clear();
            }
            unshareable_[std::hash<std::string>{}(name)] = now + unshareable_for;
        }
    }
    for (Waiter& waiter : waiters) {
        waiter.loop->post([signal = std::move(waiter.signal)] { signal->set(); });
    }
}

bool AnswerCache::is_known_unshareable(const Place& place, Steady now) {
    const std::lock_guard lock{mutex_};
    const auto found = unshareable_.find(std::hash<std::string>{}(name_of(place)));
    return found != unshareable_.end() && found->second > now;
}

AnswerCache::Counts AnswerCache::counts() const {
    const std::lock_guard lock{mutex_};
    return {.bytes = bytes_, .answers = answers_, .evicted = evicted_};
}

}  // namespace loquat::gateway
