#pragma once
#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace loquat::runtime {

// A name in braces and the segment that it stood for, as it came (still percent-encoded).
using PathParameters = std::vector<std::pair<std::string_view, std::string_view>>;

// Patterns to values, found in the time of the path's length, whatever their number.
//
// Patterns: `/api/chats/{id}/messages`; `{name}` is exactly one segment, a last segment `**` is any
// rest, also none.  The most exact match wins, segment by segment: literal, then `{name}`, then
// `**`.
template <class T>
class PathTrie {
  public:
    struct Match {
        const T* value = nullptr;
        PathParameters parameters;
    };

    // The value of that pattern, made when it is not there yet.
    T& at(std::string_view pattern) {
        Node* node = &root_;
        std::vector<std::string> names;
        for_each_segment(pattern, [&](std::string_view segment) {
            if (segment == "**") {
                node = &child(node->rest);
            } else if (segment.size() > 2 && segment.front() == '{' && segment.back() == '}') {
                names.emplace_back(segment.substr(1, segment.size() - 2));
                node = &child(node->any);
            } else {
                node = &child(node->literals[std::string{segment}]);
            }
        });
        if (!node->value) {
            node->value.emplace();
            node->names = std::move(names);
        }
        return *node->value;
    }

    // The best pattern for `path` whose value `accept` takes; `path` begins with '/'.
    template <class Accept>
    Match find(std::string_view path, const Accept& accept) const {
        Match match;
        std::vector<std::string_view> taken;
        if (const Node* node = walk(root_, path, taken, accept)) {
            match.value = &*node->value;
            for (std::size_t i = 0; i < node->names.size(); ++i) {
                match.parameters.emplace_back(node->names[i], taken[i]);
            }
        }
        return match;
    }
    Match find(std::string_view path) const {
        return find(path, [](const T&) { return true; });
    }

  private:
    struct Node {
        std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
        std::unique_ptr<Node> any;
        std::unique_ptr<Node> rest;
        std::optional<T> value;
        std::vector<std::string> names;
    };

    static Node& child(std::unique_ptr<Node>& slot) {
        if (!slot) {
            slot = std::make_unique<Node>();
        }
        return *slot;
    }

    template <class Visit>
    static void for_each_segment(std::string_view path, Visit visit) {
        while (!path.empty()) {
            path.remove_prefix(1);
            const std::size_t end = std::min(path.find('/'), path.size());
            visit(path.substr(0, end));
            path.remove_prefix(end);
        }
    }

    template <class Accept>
    static const Node* walk(const Node& node, std::string_view path,
                            std::vector<std::string_view>& taken, const Accept& accept) {
        if (path.empty()) {
            if (node.value && accept(*node.value)) {
                return &node;
            }
        } else {
            const std::string_view tail = path.substr(1);
            const std::size_t end = std::min(tail.find('/'), tail.size());
            const std::string_view segment = tail.substr(0, end);
            const std::string_view after = tail.substr(end);
            if (const auto literal = node.literals.find(segment); literal != node.literals.end()) {
                if (const Node* found = walk(*literal->second, after, taken, accept)) {
                    return found;
                }
            }
            if (node.any && !segment.empty()) {
                taken.push_back(segment);
                if (const Node* found = walk(*node.any, after, taken, accept)) {
                    return found;
                }
                taken.pop_back();
            }
        }
        if (node.rest && node.rest->value && accept(*node.rest->value)) {
            return node.rest.get();
        }
        return nullptr;
    }

    Node root_;
};

}  // namespace loquat::runtime
