#pragma once
#include <string>

#include "runtime/telemetry/metrics.hpp"

namespace loquat::model {

// Of one provider.
struct ProviderMetrics {
    ProviderMetrics(runtime::Metrics& metrics, const std::string& provider)
        : first_token_seconds(metrics.histogram("loquat_model_first_token_seconds",
                                                "From the request to the first token",
                                                {{"provider", provider}})),
          input_tokens(tokens(metrics, provider, "input")),
          output_tokens(tokens(metrics, provider, "output")),
          succeeded(answers(metrics, provider, "succeeded")),
          failed(answers(metrics, provider, "failed")),
          canceled(answers(metrics, provider, "canceled")),
          abandoned(answers(metrics, provider, "abandoned")),
          tries(metrics.counter("loquat_model_tries_total", "Requests to providers",
                                {{"provider", provider}})),
          running(metrics.gauge("loquat_model_running", "Answers that are being written",
                                {{"provider", provider}})),
          breaker(metrics.gauge("loquat_model_breaker",
                                "0: in use, 1: left alone after failures, 2: one try decides",
                                {{"provider", provider}})),
          metrics_(metrics),
          provider_(provider) {}

    void count_failure(const std::string& code) {
        metrics_
            .counter("loquat_model_failures_total", "Tries that failed",
                     {{"provider", provider_}, {"code", code}})
            .add();
    }

    runtime::Histogram& first_token_seconds;
    runtime::Counter& input_tokens;
    runtime::Counter& output_tokens;
    runtime::Counter& succeeded;
    runtime::Counter& failed;
    runtime::Counter& canceled;
    runtime::Counter& abandoned;
    runtime::Counter& tries;
    runtime::Gauge& running;
    runtime::Gauge& breaker;

  private:
    static runtime::Counter& tokens(runtime::Metrics& metrics, const std::string& provider,
                                    const char* direction) {
        return metrics.counter("loquat_model_tokens_total", "Tokens of prompts and answers",
                               {{"provider", provider}, {"direction", direction}});
    }
    static runtime::Counter& answers(runtime::Metrics& metrics, const std::string& provider,
                                     const char* outcome) {
        return metrics.counter("loquat_model_answers_total", "Answers that have ended",
                               {{"provider", provider}, {"outcome", outcome}});
    }

    runtime::Metrics& metrics_;
    std::string provider_;
};

}  // namespace loquat::model
