#pragma once
#include <memory>
#include <string>

#include "aio/loop.hpp"
#include "services/gateway/cache/answer_cache.hpp"
#include "services/gateway/edge/request.hpp"
#include "services/gateway/routes/route.hpp"

namespace loquat::gateway {

// A kept answer that is being confirmed while it is given.  Owns what it needs of the request.
// Others that would confirm the same wait for it.
class Confirmation {
  public:
    Confirmation(AnswerCache& answers, const Clock& clock, std::shared_ptr<const Keeping> keeping)
        : answers_(answers), clock_(clock), keeping_(std::move(keeping)) {}
    ~Confirmation();
    Confirmation(const Confirmation&) = delete;
    Confirmation& operator=(const Confirmation&) = delete;

    std::size_t bytes_max() const { return keeping_->cache.answer_bytes_max; }
    // A whole answer; `body` is nothing for a 304.
    void take(const net::http::ResponseHead& head, std::string body);

  private:
    friend class Fetch;

    AnswerCache& answers_;
    const Clock& clock_;
    std::shared_ptr<const Keeping> keeping_;
    AnswerCache::Place place_;
    StoredAnswerPtr stored_;
    std::vector<std::pair<std::string, std::string>> fields_;  // of the request
    Steady asked_at_{};
    std::chrono::seconds otherwise_fresh_{0};
};

// A GET or HEAD of a route that keeps answers: what is kept for it, and what becomes of the answer
// that is fetched.  Lives as long as the request is run; whoever waits for its answer waits no
// longer than that.  One loop.
class Fetch {
  public:
    struct Parts {
        AnswerCache& answers;
        const Clock& clock;
        std::size_t& bytes_held;  // of bodies that are being kept, on this loop
    };

    // Whether the answer to `request` may come from, or go to, what is kept.
    static bool may_begin(const Request& request);
    // What `request` asked for, as its route keeps it.
    static std::string key_of(const Request& request);

    Fetch(const Request& request, Parts parts);
    ~Fetch();
    Fetch(const Fetch&) = delete;
    Fetch& operator=(const Fetch&) = delete;

    enum class Use : std::uint8_t {
        kept,            // what is kept is good
        kept_meanwhile,  // it may be given while it is being confirmed
        ask,             // the server is asked
    };
    Use look();
    // Whether others that ask for the same may wait for this answer, and this for theirs.
    bool may_share_turn() const;
    AnswerCache::Turn take_turn(aio::Loop& loop, std::shared_ptr<aio::Signal> signal);
    void note_wait() { has_waited_ = true; }
    // Takes the turn along; only after `take_turn` gave it.
    std::unique_ptr<Confirmation> make_confirmation();

    // What is kept and may be confirmed by the server; null: nothing.
    const StoredAnswerPtr& stored() const { return stored_; }
    // Whether the conditions of the client stay here: the whole answer is wanted.
    bool takes_conditions() const { return is_cached_ && request_.head.is("GET"); }
    void note_asked() { asked_at_ = parts_.clock.steady(); }

    // The server's head has come.  What is to be kept of its answer is decided.
    void take_head(const net::http::ResponseHead& head);
    bool keeps() const { return shared_ != nullptr || good_ != nullptr; }
    std::size_t bytes_max() const { return bytes_max_; }
    void take_piece(std::string_view piece);
    // The body was whole.  The answer as it is kept; null when it is not.
    StoredAnswerPtr finish();
    // The server says that `stored` is still right.
    StoredAnswerPtr take_confirmation(const net::http::ResponseHead& head);
    // What may be given when the server cannot answer; null: nothing.
    StoredAnswerPtr find_stand_in();
    void forget() const { parts_.answers.erase(place_); }

    // Fields that say where an answer comes from; `line` is part of its head.
    void describe_kept(const StoredAnswer& answer, std::string_view detail = {});
    void describe_confirmed(const StoredAnswer& answer);
    void describe_asked(int status);
    const std::string& line() const { return line_; }

  private:
    AnswerNews news_of(const net::http::ResponseHead& head) const;
    void end_turn(bool is_shareable);
    bool may_hold(std::size_t bytes);
    void let_go();

    const Request& request_;
    const Keeping& keeping_;
    Parts parts_;
    bool is_cached_;
    bool has_authorization_;
    bool has_cookies_;
    bool stores_nothing_ = false;
    bool has_turn_ = false;
    bool has_waited_ = false;
    AnswerCache::Place place_;
    StoredAnswerPtr stored_;
    std::string_view why_ = "uri-miss";
    Steady asked_at_{};
    std::shared_ptr<StoredAnswer> shared_;
    std::shared_ptr<StoredAnswer> good_;
    std::string body_;
    std::size_t bytes_max_ = 0;
    std::size_t held_ = 0;
    std::string line_;
};

}  // namespace loquat::gateway
