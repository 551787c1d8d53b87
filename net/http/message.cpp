#include "net/http/message.hpp"

#include <algorithm>

#include "net/http/characters.hpp"

namespace loquat::net::http {
namespace {

// Eight characters at once, capitals made small.
EightCharacters lower_all(EightCharacters word) {
    const std::uint64_t low = word & each_of_eight(0x7f);
    const std::uint64_t from_a = low + each_of_eight(0x80 - 'A');
    const std::uint64_t above_z = low + each_of_eight(0x7f - 'Z');
    const std::uint64_t is_capital = (from_a ^ above_z) & ~word & each_of_eight(0x80);
    return word | (is_capital >> 2);
}

bool are_equal(const char* a, const char* b) {
    const EightCharacters left = eight_at(a);
    const EightCharacters right = eight_at(b);
    return left == right || lower_all(left) == lower_all(right);
}

}  // namespace

bool equal_names(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) {
        return false;
    }
    if (a.size() < 8) {
        return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
    }
    for (std::size_t i = 0; i + 8 < a.size(); i += 8) {
        if (!are_equal(a.data() + i, b.data() + i)) {
            return false;
        }
    }
    return are_equal(a.data() + a.size() - 8, b.data() + b.size() - 8);
}

bool has_token(std::string_view list, std::string_view token) {
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        if (equal_names(trim_blanks(list.substr(0, comma)), token)) {
            return true;
        }
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return false;
}

bool is_hop_by_hop(std::string_view name, std::string_view connection) {
    static constexpr std::string_view fixed[] = {"connection", "keep-alive", "proxy-connection",
                                                 "te",         "trailer",    "transfer-encoding",
                                                 "upgrade"};
    for (const std::string_view one : fixed) {
        if (equal_names(name, one)) {
            return true;
        }
    }
    return !connection.empty() && has_token(connection, name);
}

std::string_view HeaderViews::get(std::string_view name) const {
    for (const HeaderView& header : all()) {
        if (equal_names(header.name, name)) {
            return header.value;
        }
    }
    return {};
}

bool HeaderViews::contains(std::string_view name) const { return count(name) != 0; }

std::size_t HeaderViews::count(std::string_view name) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        all(), [&](const HeaderView& header) { return equal_names(header.name, name); }));
}

bool HeaderViews::add(HeaderView header) {
    if (count_ == items_.size()) {
        return false;
    }
    items_[count_++] = header;
    return true;
}

void RequestHead::clear() {
    method = target = path = query = host = {};
    headers.clear();
    content_length = 0;
    framing = Framing::none;
    minor = 1;
    keep_alive = true;
    expects_continue = upgrades = false;
}

void ResponseHead::clear() {
    status = 0;
    reason = {};
    headers.clear();
    content_length = 0;
    framing = Framing::none;
    minor = 1;
    keep_alive = true;
}

void Headers::set(std::string_view name, std::string value) {
    const auto same = [&](const Item& item) { return equal_names(item.name, name); };
    const auto first = std::ranges::find_if(items_, same);
    if (first == items_.end()) {
        append(std::string{name}, std::move(value));
        return;
    }
    first->value = std::move(value);
    items_.erase(std::remove_if(first + 1, items_.end(), same), items_.end());
}

const std::string* Headers::find(std::string_view name) const {
    for (const Item& item : items_) {
        if (equal_names(item.name, name)) {
            return &item.value;
        }
    }
    return nullptr;
}

std::string_view Headers::get(std::string_view name) const {
    const std::string* found = find(name);
    return found != nullptr ? std::string_view{*found} : std::string_view{};
}

std::size_t Headers::remove(std::string_view name) {
    return std::erase_if(items_, [&](const Item& item) { return equal_names(item.name, name); });
}

bool has_no_body(int status) { return status < 200 || status == 204 || status == 304; }

}  // namespace loquat::net::http
