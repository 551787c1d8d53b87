#pragma once
#include <cstddef>
#include <functional>
#include <unordered_map>
#include <utility>

namespace loquat {

struct NeverHeld {
    template <class Value>
    bool operator()(const Value&) const {
        return false;
    }
};

// The entries used last, at most `weight_max` in sum of their weights.  Entries for which `IsHeld`
// is true stay, whatever the sum.  References stay good until the entry goes.  One loop.
template <class Key, class Value, class IsHeld = NeverHeld>
class LruCache {
  public:
    explicit LruCache(std::size_t weight_max) : weight_max_(weight_max) {}
    LruCache(const LruCache&) = delete;
    LruCache& operator=(const LruCache&) = delete;

    // The entry, now the newest; nullptr when there is none.
    Value* find(const Key& key) {
        const auto found = entries_.find(key);
        if (found == entries_.end()) {
            return nullptr;
        }
        make_newest(found->second);
        return &found->second.value;
    }

    // Adds or replaces.  May let go of others, and of this one when it alone is too heavy.
    void put(const Key& key, Value value, std::size_t weight = 1) {
        const auto [at, is_new] = entries_.try_emplace(key);
        Entry& entry = at->second;
        if (is_new) {
            entry.key = &at->first;
            link(entry);
        } else {
            make_newest(entry);
            weight_ -= entry.weight;
        }
        entry.value = std::move(value);
        entry.weight = weight;
        weight_ += weight;
        shrink();
    }

    // After the value grew or shrank.
    void set_weight(const Key& key, std::size_t weight) {
        if (const auto found = entries_.find(key); found != entries_.end()) {
            weight_ += weight - found->second.weight;
            found->second.weight = weight;
        }
    }

    void erase(const Key& key) {
        if (const auto found = entries_.find(key); found != entries_.end()) {
            remove(found->second);
        }
    }

    void clear() {
        entries_.clear();
        newest_ = oldest_ = nullptr;
        weight_ = 0;
    }

    std::size_t size() const { return entries_.size(); }
    std::size_t weight() const { return weight_; }

  private:
    struct Entry {
        const Key* key = nullptr;
        Entry* newer = nullptr;
        Entry* older = nullptr;
        std::size_t weight = 0;
        Value value{};
    };

    void link(Entry& entry) {
        entry.newer = nullptr;
        entry.older = newest_;
        (newest_ != nullptr ? newest_->newer : oldest_) = &entry;
        newest_ = &entry;
    }

    void unlink(Entry& entry) {
        (entry.newer != nullptr ? entry.newer->older : newest_) = entry.older;
        (entry.older != nullptr ? entry.older->newer : oldest_) = entry.newer;
    }

    void make_newest(Entry& entry) {
        if (newest_ != &entry) {
            unlink(entry);
            link(entry);
        }
    }

    void remove(Entry& entry) {
        unlink(entry);
        weight_ -= entry.weight;
        entries_.erase(entries_.find(*entry.key));
    }

    void shrink() {
        // Each entry is looked at once: those in use move to the front.
        for (std::size_t left = entries_.size(); weight_ > weight_max_ && left > 0; --left) {
            Entry& entry = *oldest_;
            if (IsHeld{}(entry.value)) {
                make_newest(entry);
            } else {
                remove(entry);
            }
        }
    }

    std::size_t weight_max_;
    std::size_t weight_ = 0;
    std::unordered_map<Key, Entry> entries_;
    Entry* newest_ = nullptr;
    Entry* oldest_ = nullptr;
};

}  // namespace loquat
