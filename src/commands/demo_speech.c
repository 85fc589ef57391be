/* What is said in a sample ticket: sentences of its topic, with the ticket's own order, product, date and amount put in. */
#include "commands/demo.h"

#include "wire/html/html.h"

struct speech {
    struct arena *mem;
    const struct demo_plan *plan;
    const struct demo_person *customer;
    const struct demo_topic *topic;
    struct chance chance;
    size_t step;
};

/* --- Slots ---------------------------------------------------------------------------------------------------------- */

static void add_date(struct buffer *out, const struct demo_language *words, int64_t at) {
    int year, month, day;
    time_to_date(at, &year, &month, &day);
    if (words == &demo_german) buffer_printf(out, "%d.%d.%d", day, month, year);
    else if (words == &demo_english) buffer_printf(out, "%02d/%02d/%d", day, month, year);
    else buffer_printf(out, "%d. %02d. %02d.", year, month, day);
}

static void add_amount(struct buffer *out, const struct demo_language *words, int cents) {
    if (words == &demo_german) buffer_printf(out, "%d,%02d €", cents / 100, cents % 100);
    else if (words == &demo_english) buffer_printf(out, "£%d.%02d", cents / 100, cents % 100);
    else buffer_printf(out, "%d Ft", cents / 100 * 395);
}

/* The facts of a ticket stay the same in all that is said in it; dates near the message. */
static void add_slot(struct speech *speech, struct buffer *out, struct text slot) {
    const struct demo_language *words = speech->customer->language;
    struct chance facts = chance_of(speech->plan->seed, speech->plan->number, 'f');
    int order = 100000 + chance_below(&facts, 900000), cents = 990 + chance_below(&facts, 39000), product = chance_below(&facts, 14);
    if (text_is(slot, "order")) buffer_printf(out, "%d", order);
    else if (text_is(slot, "amount")) add_amount(out, words, cents);
    else if (text_is(slot, "product")) buffer_add_string(out, words->products[product]);
    else if (text_is(slot, "name")) buffer_add_text(out, speech->customer->name);
    else if (text_is(slot, "agent")) buffer_add_string(out, demo_agents[speech->plan->agent].name);
    else if (text_is(slot, "company")) buffer_add_text(out, speech->customer->company.data ? speech->customer->company : speech->customer->name);
    else if (text_is(slot, "date")) add_date(out, words, speech->plan->steps[speech->step].at + (2 + chance_below(&speech->chance, 12)) * DAY);
}

static void add_phrase(struct speech *speech, struct buffer *out, const char *phrase) {
    struct text rest = text_of(phrase);
    while (rest.size) {
        size_t open = text_find_char(rest, '{');
        buffer_add_text(out, text_slice(rest, 0, open == SIZE_MAX ? rest.size : open));
        if (open == SIZE_MAX) return;
        rest = text_skip(rest, open + 1);
        size_t close = text_find_char(rest, '}');
        add_slot(speech, out, text_slice(rest, 0, close));
        rest = text_skip(rest, close + 1);
    }
}

static const char *pick(struct speech *speech, const char *const *list, size_t limit) {
    size_t count = 0;
    while (count < limit && list[count]) count++;
    return list[chance_below(&speech->chance, (int)count)];
}

/* A slot at the beginning of a sentence takes a capital; behind the comma of a greeting a German sentence has none. */
static void add_sentence(struct speech *speech, struct buffer *out, const char *phrase) {
    struct text before = text_trim(buffer_text(out));
    bool begins = !before.size || strchr(".!?", before.data[before.size - 1]);
    if (out->size && out->data[out->size - 1] != '\n') buffer_add_char(out, ' ');
    size_t from = out->size;
    add_phrase(speech, out, phrase);
    if (begins && out->size > from && out->data[from] >= 'a' && out->data[from] <= 'z') out->data[from] = (char)(out->data[from] - 'a' + 'A');
}

static void add_one(struct speech *speech, struct buffer *out, const char *const *list, size_t limit) {
    add_sentence(speech, out, pick(speech, list, limit));
}

/* --- Letters --------------------------------------------------------------------------------------------------------- */

static void greet(struct speech *speech, struct buffer *out, int percent) {
    const struct demo_language *words = speech->customer->language;
    if (!chance_percent(&speech->chance, percent)) return;
    add_one(speech, out, words->greetings, COUNT_OF(words->greetings));
    buffer_add_string(out, "\n\n");
}

static void add_customer_words(struct speech *speech, struct buffer *out, enum demo_act act) {
    const struct demo_language *words = speech->customer->language;
    greet(speech, out, act == ACT_OPEN ? 95 : 45);
    if (act == ACT_OPEN) {
        add_one(speech, out, speech->topic->openings, COUNT_OF(speech->topic->openings));
        add_one(speech, out, speech->topic->details, COUNT_OF(speech->topic->details));
        if (chance_percent(&speech->chance, 20)) {
            buffer_add_string(out, "\n\n");
            add_one(speech, out, words->urgings, COUNT_OF(words->urgings));
        }
    } else if (act == ACT_FACT) add_one(speech, out, speech->topic->facts, COUNT_OF(speech->topic->facts));
    else if (act == ACT_REPLY) {
        add_one(speech, out, speech->topic->replies, COUNT_OF(speech->topic->replies));
        if (chance_percent(&speech->chance, 40)) add_one(speech, out, speech->topic->details, COUNT_OF(speech->topic->details));
    } else if (act == ACT_URGE) add_one(speech, out, words->urgings, COUNT_OF(words->urgings));
    else if (act == ACT_THANK) add_one(speech, out, words->thanks, COUNT_OF(words->thanks));
    else if (act == ACT_VACATION) add_sentence(speech, out, words->vacation);
}

static void add_agent_words(struct speech *speech, struct buffer *out, enum demo_act act) {
    const struct demo_language *words = speech->customer->language;
    add_one(speech, out, words->agent_greetings, COUNT_OF(words->agent_greetings));
    buffer_add_string(out, "\n\n");
    if (chance_percent(&speech->chance, 80)) add_one(speech, out, words->agent_openings, COUNT_OF(words->agent_openings));
    if (act == ACT_ASK) add_one(speech, out, speech->topic->questions, COUNT_OF(speech->topic->questions));
    else add_one(speech, out, speech->topic->answers, COUNT_OF(speech->topic->answers));
    if (chance_percent(&speech->chance, 60)) {
        buffer_add_string(out, "\n\n");
        add_one(speech, out, words->agent_closings, COUNT_OF(words->agent_closings));
    }
}

static void add_spam(struct speech *speech, struct buffer *out) {
    const struct demo_language *words = speech->customer->language;
    add_one(speech, out, words->spam_texts, COUNT_OF(words->spam_texts));
    buffer_printf(out, "\n\nhttps://angebot%d.example/", chance_below(&speech->chance, 100000));
}

static struct text words_of(struct speech *speech, enum demo_act act) {
    const struct demo_language *language = speech->customer->language;
    struct buffer words = {.mem = speech->mem}, *out = &words;
    if (act == ACT_AUTO_REPLY) add_phrase(speech, out, language->auto_reply);
    else if (act == ACT_NOTE) add_phrase(speech, out, pick(speech, demo_german.notes, COUNT_OF(demo_german.notes)));
    else if (speech->plan->is_spam) add_spam(speech, out);
    else if (demo_act_is_ours(act)) add_agent_words(speech, out, act);
    else add_customer_words(speech, out, act);
    return buffer_text(out);
}

static struct speech speech_at(struct arena *mem, const struct demo_plan *plan, const struct demo_person *customer, size_t step) {
    return (struct speech){.mem = mem, .plan = plan, .customer = customer, .topic = &customer->language->topics[plan->topic],
                           .chance = chance_of(plan->seed, plan->number, 'a' + 256 * (step + 1)), .step = step};
}

/* The signature, which a mail program puts below and Theke folds away. */
static void add_signature(struct speech *speech, struct buffer *out, enum demo_act act) {
    const struct demo_person *customer = speech->customer;
    const struct demo_language *words = customer->language;
    buffer_add_string(out, "\n\n");
    add_one(speech, out, words->closings, COUNT_OF(words->closings));
    buffer_add_char(out, '\n');
    if (demo_act_is_ours(act)) {
        buffer_printf(out, "%s\n\n-- \nLindenhof Versand\n%s", demo_agents[speech->plan->agent].name, demo_teams[speech->plan->team].address);
        return;
    }
    buffer_add_text(out, customer->name);
    if (customer->company.data) buffer_printf(out, "\n\n-- \n%.*s\n%.*s", (int)customer->company.size, customer->company.data,
                                              (int)customer->email.size, customer->email.data);
}

/* --- Quotes ---------------------------------------------------------------------------------------------------------- */

static size_t step_before(const struct demo_plan *plan, size_t step) {
    while (step-- > 0) {
        enum demo_act act = plan->steps[step].act;
        if (demo_act_speaks(act) && act != ACT_NOTE && act != ACT_AUTO_REPLY && act != ACT_VACATION) return step;
    }
    return SIZE_MAX;
}

static void add_quoted(struct buffer *out, struct text t) {
    struct text line;
    while (text_next_line(&t, &line)) {
        buffer_add_string(out, text_starts(line, ">") ? "\n>" : "\n> ");
        buffer_add_text(out, line);
    }
}

static void add_quote(struct speech *speech, struct buffer *out, int depth) {
    size_t before = step_before(speech->plan, speech->step);
    if (before == SIZE_MAX) return;
    struct speech earlier = speech_at(speech->mem, speech->plan, speech->customer, before);
    enum demo_act act = speech->plan->steps[before].act;
    const char *line = speech->customer->language->quote_line, *name = strstr(line, "{name}"), *date = strstr(line, "{date}");
    struct buffer quoted = {.mem = speech->mem};
    buffer_add_text(&quoted, words_of(&earlier, act));
    if (depth < 2 && chance_percent(&earlier.chance, 50)) add_quote(&earlier, &quoted, depth + 1);
    buffer_add_string(out, "\n\n");
    for (const char *at = line; *at; at++) {
        if (at == name && demo_act_is_ours(act)) buffer_add_string(out, demo_agents[speech->plan->agent].name);
        else if (at == name) buffer_add_text(out, speech->customer->name);
        else if (at == date) add_date(out, speech->customer->language, speech->plan->steps[before].at);
        if (at == name || at == date) at += 5;
        else buffer_add_char(out, *at);
    }
    add_quoted(out, buffer_text(&quoted));
}

/* --- The whole message ------------------------------------------------------------------------------------------------ */

struct text demo_subject(struct arena *mem, const struct demo_plan *plan, const struct demo_person *customer) {
    struct speech speech = speech_at(mem, plan, customer, 0);
    speech.chance = chance_of(plan->seed, plan->number, 's');
    struct buffer out = {.mem = mem};
    if (plan->is_spam) add_phrase(&speech, &out, pick(&speech, customer->language->spam_subjects, COUNT_OF(customer->language->spam_subjects)));
    else add_phrase(&speech, &out, pick(&speech, speech.topic->subjects, COUNT_OF(speech.topic->subjects)));
    return buffer_text(&out);
}

static struct text header_of(struct arena *mem, const struct demo_plan *plan, const struct demo_person *customer, size_t step) {
    struct chance chance = chance_of(plan->seed, plan->number, 'm' + 256 * (step + 1));
    if (demo_act_is_ours(plan->steps[step].act))
        return text_printf(mem, "<%016" PRIx64 ".%" PRIu64 "@lindenhof.example>", chance_next(&chance), plan->number);
    struct text domain = text_skip(customer->email, text_find_char(customer->email, '@'));
    return text_printf(mem, "<%016" PRIx64 "%.*s>", chance_next(&chance), (int)domain.size, domain.data);
}

static void add_thread(struct speech *speech, struct demo_saying *saying) {
    const struct demo_plan *plan = speech->plan;
    struct text *headers = arena_array(speech->mem, speech->step + 1, sizeof *headers);
    size_t count = 0, before = step_before(plan, speech->step);
    saying->header_id = header_of(speech->mem, plan, speech->customer, speech->step);
    if (before == SIZE_MAX) return;
    saying->in_reply_to = header_of(speech->mem, plan, speech->customer, before);
    for (; before != SIZE_MAX; before = step_before(plan, before)) headers[count++] = header_of(speech->mem, plan, speech->customer, before);
    for (size_t i = 0; i < count / 2; i++) {
        struct text swap = headers[i];
        headers[i] = headers[count - 1 - i];
        headers[count - 1 - i] = swap;
    }
    saying->references = (struct json_list){count, headers};
}

struct demo_saying demo_say(struct arena *mem, const struct demo_plan *plan, const struct demo_person *customer, size_t step) {
    struct speech speech = speech_at(mem, plan, customer, step);
    enum demo_act act = plan->steps[step].act;
    struct demo_saying saying = {.text = words_of(&speech, act)};
    if (act == ACT_NOTE) return saying;
    struct text subject = demo_subject(mem, plan, customer);
    saying.subject = step ? text_printf(mem, "Re: %.*s", (int)subject.size, subject.data) : subject;
    struct buffer full = {.mem = mem};
    buffer_add_text(&full, saying.text);
    if (act != ACT_AUTO_REPLY && act != ACT_VACATION) add_signature(&speech, &full, act);
    if (step && chance_percent(&speech.chance, 45)) add_quote(&speech, &full, 1);
    saying.text_full = buffer_text(&full);
    if (chance_percent(&speech.chance, demo_act_is_ours(act) ? 40 : 25)) saying.html = html_from_text(mem, saying.text);
    if (strcmp(plan->channel, "mail") == 0 || step) add_thread(&speech, &saying);
    return saying;
}
