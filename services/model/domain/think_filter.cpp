#include "services/model/domain/think_filter.hpp"

namespace loquat::model {
namespace {

struct Tags {
    std::string_view begin;
    std::string_view end;
};
constexpr Tags known_tags[] = {{"<think>", "</think>"}, {"<thinking>", "</thinking>"}};
constexpr std::string_view white = " \t\n";
constexpr std::size_t white_before_max = 64;

}  // namespace

void ThinkFilter::append(std::string& answer, std::string_view piece) {
    switch (place_) {
        case Place::before:
            held_ += piece;
            look_for_begin(answer);
            return;
        case Place::within:
            held_ += piece;
            look_for_end(answer);
            return;
        case Place::behind: {
            const std::size_t first = piece.find_first_not_of(white);
            if (first != std::string_view::npos) {
                place_ = Place::answer;
                answer += piece.substr(first);
            }
            return;
        }
        case Place::answer:
            answer += piece;
            return;
    }
}

void ThinkFilter::look_for_begin(std::string& answer) {
    const std::size_t first = held_.find_first_not_of(white);
    if (first == std::string::npos && held_.size() <= white_before_max) {
        return;
    }
    const std::string_view text =
        first == std::string::npos ? std::string_view{} : std::string_view{held_}.substr(first);
    for (const Tags& tags : known_tags) {
        if (text.starts_with(tags.begin)) {
            place_ = Place::within;
            end_tag_ = tags.end;
            held_.erase(0, first + tags.begin.size());
            look_for_end(answer);
            return;
        }
    }
    for (const Tags& tags : known_tags) {
        if (!text.empty() && tags.begin.starts_with(text)) {
            return;
        }
    }
    place_ = Place::answer;
    answer += held_;
    held_.clear();
}

void ThinkFilter::look_for_end(std::string& answer) {
    const std::size_t end = held_.find(end_tag_);
    if (end == std::string::npos) {
        const std::size_t kept = end_tag_.size() - 1;
        if (held_.size() > kept) {
            thoughts_.add(std::string_view{held_}.substr(0, held_.size() - kept));
            held_.erase(0, held_.size() - kept);
        }
        return;
    }
    thoughts_.add(std::string_view{held_}.substr(0, end));
    const std::string rest = held_.substr(end + end_tag_.size());
    held_.clear();
    place_ = Place::behind;
    append(answer, rest);
}

void ThinkFilter::finish(std::string& answer) {
    if (place_ == Place::before) {
        answer += held_;
    } else if (place_ == Place::within) {
        thoughts_.add(held_);
    }
    held_.clear();
    place_ = Place::answer;
}

}  // namespace loquat::model
