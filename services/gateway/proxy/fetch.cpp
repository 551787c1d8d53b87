#include "services/gateway/proxy/fetch.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "net/jose/digest.hpp"
#include "services/gateway/domain/credentials.hpp"
#include "services/gateway/edge/identity_tokens.hpp"

namespace loquat::gateway {
namespace {

// Of all bodies that one loop holds to keep them; more are passed on and not kept.
constexpr std::size_t held_max = 64 * 1024 * 1024;

// Fields by which a GET may be something else to some servers, or only a part of it.
constexpr std::array<std::string_view, 7> odd_fields{"Range",
                                                     "If-Range",
                                                     "If-Match",
                                                     "If-Unmodified-Since",
                                                     "X-HTTP-Method",
                                                     "X-Method-Override",
                                                     "X-HTTP-Method-Override"};

bool has_cookies(const Request& request) {
    const bool is_withheld = request.route->trust == UpstreamTrust::outside &&
                             request.route->credentials == CredentialRule::withhold;
    return std::ranges::any_of(request.head.headers, [&](const net::http::HeaderView& field) {
        return net::http::equal_names(field.name, "cookie") &&
               !(is_withheld && without_own_cookies(field.value).empty());
    });
}

// The host that the server is told.
std::string_view host_of(const Request& request) {
    const net::http::HeaderViews& headers = request.head.headers;
    const bool is_told = request.client.is_forwarded && headers.contains("X-Forwarded-Host");
    return is_told ? headers.get("X-Forwarded-Host") : request.head.host;
}

// Of whoever has the same credentials.  Nothing of them can be read in it.
std::string key_of_person(const Request& request, const std::string& key) {
    std::string text = key + "\n";
    if (request.identity) {
        text += request.identity->user.to_string();
        text.append(" ").append(role_name(request.identity->role)).append("\n");
    }
    for (const net::http::HeaderView& field : request.head.headers) {
        const bool is_token = net::http::equal_names(field.name, "authorization");
        if ((is_token && !request.identity) || net::http::equal_names(field.name, "cookie")) {
            text.append(is_token ? "a " : "c ").append(field.value).append("\n");
        }
    }
    return key + "\n" + net::jose::sha256(text);
}

std::string seconds_text(std::chrono::milliseconds time) {
    return std::to_string(std::chrono::floor<std::chrono::seconds>(time).count());
}

}  // namespace

bool Fetch::may_begin(const Request& request) {
    const net::http::RequestHead& head = request.head;
    return (head.is("GET") || head.is("HEAD")) && head.framing == net::http::Framing::none &&
           !head.upgrades && !has_token_parameter(head.query) &&
           std::ranges::none_of(odd_fields,
                                [&](std::string_view name) { return head.headers.contains(name); });
}

std::string Fetch::key_of(const Request& request) {
    const bool is_kept = request.route->encoded_slashes == PathRule::pass;
    std::string key = request.client.is_secure ? "https://" : "http://";
    key += to_lower_ascii(host_of(request));
    key += is_kept ? request.head.path : request.path;
    if (!request.head.query.empty()) {
        key.append("?").append(request.head.query);
    }
    return key;
}

Fetch::Fetch(const Request& request, Parts parts)
    : request_(request),
      keeping_(*request.route->keeping),
      parts_(parts),
      is_cached_(keeping_.cache.enabled),
      has_authorization_(request.identity || request.head.headers.contains("Authorization")),
      has_cookies_(has_cookies(request)),
      place_{keeping_.room, key_of(request)} {}

Confirmation::~Confirmation() { answers_.end_turn(place_, true, clock_.steady()); }

void Confirmation::take(const net::http::ResponseHead& head, std::string body) {
    net::http::HeaderViews fields;
    for (const auto& [name, value] : fields_) {
        fields.add({name, value});
    }
    const AnswerNews news{.request = fields,
                          .head = head,
                          .now = clock_.now(),
                          .asked_at = asked_at_,
                          .came_at = clock_.steady(),
                          .otherwise_fresh = otherwise_fresh_};
    const bool is_right = head.status == 304;
    const auto fresh = is_right ? confirmed(*stored_, news) : to_shared(news);
    if (fresh) {
        if (!is_right) {
            fresh->body = std::make_shared<const std::string>(std::move(body));
        }
        answers_.put(place_, fresh, keeping_->cache.bytes_max);
    } else if (head.status < 500) {
        answers_.erase(place_);
    }
}

std::unique_ptr<Confirmation> Fetch::make_confirmation() {
    auto made =
        std::make_unique<Confirmation>(parts_.answers, parts_.clock, request_.route->keeping);
    has_turn_ = false;
    made->place_ = place_;
    made->stored_ = stored_;
    for (const net::http::HeaderView& field : request_.head.headers) {
        made->fields_.emplace_back(field.name, field.value);
    }
    made->asked_at_ = parts_.clock.steady();
    made->otherwise_fresh_ =
        has_cookies_ ? std::chrono::seconds{0} : keeping_.cache.otherwise_seconds;
    return made;
}

Fetch::~Fetch() {
    let_go();
    end_turn(true);
}

void Fetch::let_go() {
    parts_.bytes_held -= std::exchange(held_, 0);
    shared_ = nullptr;
    good_ = nullptr;
    body_ = {};
}

Fetch::Use Fetch::look() {
    if (!is_cached_) {
        return Use::ask;
    }
    const net::http::HeaderViews& fields = request_.head.headers;
    const CacheControl asked = CacheControl::of(fields);
    const bool wants_new =
        asked.no_cache || (!fields.contains("Cache-Control") &&
                           net::http::has_token(fields.get("Pragma"), "no-cache"));
    if (asked.no_store) {
        stores_nothing_ = true;
        why_ = "request";
        return Use::ask;
    }
    auto found = parts_.answers.find(place_, fields);
    stored_ = std::move(found.answer);
    if (!stored_) {
        why_ = found.are_there_others ? "vary-miss" : "uri-miss";
        return Use::ask;
    }
    const Steady now = parts_.clock.steady();
    const auto left = stored_->fresh_for - stored_->age(now);
    const bool is_young_enough = (!asked.max_age || stored_->age(now) <= *asked.max_age) &&
                                 (!asked.min_fresh || left >= *asked.min_fresh) && !wants_new;
    why_ = is_young_enough ? "stale" : "request";
    if (!is_young_enough || stored_->must_be_asked) {
        return Use::ask;
    }
    return left.count() > 0 ? Use::kept
           : left + stored_->stale_while_revalidate.count() * std::chrono::seconds{1} >=
                       std::chrono::milliseconds{0} &&
                   stored_->stale_while_revalidate.count() > 0
               ? Use::kept_meanwhile
               : Use::ask;
}

bool Fetch::may_share_turn() const {
    return is_cached_ && !has_authorization_ && !stores_nothing_ && why_ != "request" &&
           request_.head.is("GET") &&
           !parts_.answers.is_known_unshareable(place_, parts_.clock.steady());
}

AnswerCache::Turn Fetch::take_turn(aio::Loop& loop, std::shared_ptr<aio::Signal> signal) {
    const AnswerCache::Turn turn = parts_.answers.take_turn(place_, loop, std::move(signal));
    has_turn_ = turn == AnswerCache::Turn::fetch;
    return turn;
}

void Fetch::end_turn(bool is_shareable) {
    if (std::exchange(has_turn_, false)) {
        parts_.answers.end_turn(place_, is_shareable, parts_.clock.steady());
    }
}

AnswerNews Fetch::news_of(const net::http::ResponseHead& head) const {
    return {.request = request_.head.headers,
            .head = head,
            .has_authorization = has_authorization_,
            .now = parts_.clock.now(),
            .asked_at = asked_at_,
            .came_at = parts_.clock.steady(),
            .otherwise_fresh =
                has_cookies_ ? std::chrono::seconds{0} : keeping_.cache.otherwise_seconds};
}

bool Fetch::may_hold(std::size_t bytes) {
    if (parts_.bytes_held + bytes > held_max) {
        return false;
    }
    parts_.bytes_held += bytes;
    held_ += bytes;
    return true;
}

void Fetch::take_head(const net::http::ResponseHead& head) {
    const bool may = request_.head.is("GET") && !stores_nothing_;
    AnswerNews news = news_of(head);
    const LastGoodConfig& last = keeping_.last_good;
    shared_ = may && is_cached_ ? to_shared(news) : nullptr;
    news.has_authorization = has_authorization_ || has_cookies_;
    good_ = may && last.seconds.count() > 0 ? to_last_good(news) : nullptr;
    bytes_max_ =
        std::max(shared_ ? keeping_.cache.answer_bytes_max : 0, good_ ? last.answer_bytes_max : 0);
    const bool is_sized = head.framing == net::http::Framing::length;
    const std::size_t bytes = is_sized ? head.content_length : 0;
    const bool is_for_all = shared_ != nullptr;
    if (keeps() && (bytes > bytes_max_ || !may_hold(bytes))) {
        let_go();
    }
    if (!keeps() || !is_for_all) {
        end_turn(is_for_all);
    }
    describe_asked(head.status);
}

void Fetch::take_piece(std::string_view piece) {
    if (!keeps()) {
        return;
    }
    const std::size_t size = body_.size() + piece.size();
    if (size > bytes_max_ || (size > held_ && !may_hold(size - held_))) {
        let_go();
        end_turn(true);
        return;
    }
    body_.append(piece);
}

StoredAnswerPtr Fetch::finish() {
    if (!keeps()) {
        return nullptr;
    }
    const auto body = std::make_shared<const std::string>(std::move(body_));
    const auto shared = shared_;
    const auto good = good_;
    let_go();
    if (shared && body->size() <= keeping_.cache.answer_bytes_max) {
        shared->body = body;
        parts_.answers.put(place_, shared, keeping_.cache.bytes_max);
    }
    if (good && body->size() <= keeping_.last_good.answer_bytes_max) {
        good->body = body;
        const AnswerCache::Place place{
            keeping_.room_of_good,
            good->is_for_everybody ? place_.key : key_of_person(request_, place_.key)};
        parts_.answers.put(place, good, keeping_.last_good.bytes_max);
    }
    end_turn(true);
    return shared && shared->body ? StoredAnswerPtr{shared} : StoredAnswerPtr{good};
}

StoredAnswerPtr Fetch::take_confirmation(const net::http::ResponseHead& head) {
    auto fresh = confirmed(*stored_, news_of(head));
    if (!fresh) {
        parts_.answers.erase(place_);
        end_turn(false);
        return stored_;
    }
    parts_.answers.put(place_, fresh, keeping_.cache.bytes_max);
    end_turn(true);
    return fresh;
}

StoredAnswerPtr Fetch::find_stand_in() {
    const Steady now = parts_.clock.steady();
    if (stored_ && stored_->fresh_for + stored_->stale_if_error >= stored_->age(now) &&
        stored_->stale_if_error.count() > 0) {
        return stored_;
    }
    if (keeping_.last_good.seconds.count() == 0) {
        return nullptr;
    }
    for (const std::string& key : {key_of_person(request_, place_.key), place_.key}) {
        auto found = parts_.answers.find({keeping_.room_of_good, key}, request_.head.headers);
        if (found.answer && found.answer->age(now) <= keeping_.last_good.seconds) {
            return found.answer;
        }
    }
    return nullptr;
}

void Fetch::describe_kept(const StoredAnswer& answer, std::string_view detail) {
    const Steady now = parts_.clock.steady();
    const bool is_stand_in = !detail.empty();
    line_ = "Age: " + seconds_text(answer.age(now)) + "\r\n";
    if (is_stand_in) {
        line_ += "Warning: 111 loquat \"Revalidation Failed\"\r\n";
    }
    line_ += "Cache-Status: loquat; hit; ttl=" + seconds_text(answer.fresh_for - answer.age(now));
    line_ += is_stand_in ? "; detail=" + std::string{detail} : std::string{};
    line_ += has_waited_ ? "; collapsed\r\n" : "\r\n";
}

void Fetch::describe_confirmed(const StoredAnswer& answer) {
    line_ = "Age: " + seconds_text(answer.age(parts_.clock.steady())) +
            "\r\nCache-Status: loquat; fwd=" + std::string{why_} + "; fwd-status=304; stored\r\n";
}

void Fetch::describe_asked(int status) {
    if (!is_cached_) {
        line_.clear();
        return;
    }
    line_ = "Cache-Status: loquat; fwd=" + std::string{why_};
    line_ += why_ == "uri-miss" ? "" : "; fwd-status=" + std::to_string(status);
    line_ += shared_ ? "; stored\r\n" : "\r\n";
}

}  // namespace loquat::gateway
