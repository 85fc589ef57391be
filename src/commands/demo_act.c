/* One step of a sample ticket, through the same functions that letters and agents use. */
#include "commands/demo_run.h"

#include "modules/people/people.h"

struct scene {
    struct tx *tx;
    struct demo *demo;
    struct demo_plan plan;
    struct demo_person customer;
    size_t step;
    enum demo_act act;
    person_id person;
    staff_id agent;
    ticket_id ticket;
    struct doer we, customer_doer;
};

static bool find_person(struct scene *scene, struct error *err) {
    person_id *known = &scene->demo->persons[scene->plan.customer];
    if (!known->value && !person_ensure(scene->tx, "email", scene->customer.email, scene->customer.name, known, err)) return false;
    scene->person = *known;
    scene->customer_doer = (struct doer){.kind = ACTOR_PERSON, .id = known->value};
    return true;
}

static struct text address_list(struct arena *mem, struct text name, struct text email) {
    struct buffer out = {.mem = mem};
    struct json_writer json = json_writer(&out);
    json_array_begin(&json);
    json_object_begin(&json);
    json_put_text(&json, "name", name);
    json_put_text(&json, "email", email);
    json_object_end(&json);
    json_array_end(&json);
    return buffer_text(&out);
}

/* --- Attachments --------------------------------------------------------------------------------------------------- */

/* How many of a hundred such messages carry a file, and which. */
static int file_percent(const struct scene *scene, enum demo_file_kind *ret_kind) {
    enum demo_topic_key topic = scene->plan.topic;
    bool broken = topic == TOPIC_DEFECT || topic == TOPIC_COMPLAINT, paper = topic == TOPIC_INVOICE || topic == TOPIC_RETURN || topic == TOPIC_CONTRACT;
    *ret_kind = broken ? DEMO_PNG : DEMO_PDF;
    if (scene->plan.is_spam) return 0;
    switch (scene->act) {
    case ACT_OPEN:
        if (!broken && !paper) *ret_kind = DEMO_CSV;
        return broken ? 25 : paper ? 12 : 2;
    case ACT_FACT: return broken ? 30 : 8;
    case ACT_ANSWER: return paper ? 25 : 0;
    default: return 0;
    }
}

static const struct message_file *pick_file(struct scene *scene, size_t *ret_count) {
    enum demo_file_kind kind;
    struct arena *mem = &scene->tx->mem;
    struct chance chance = chance_of(scene->plan.seed, scene->plan.number, 'x' + 256 * (scene->step + 1));
    *ret_count = chance_percent(&chance, file_percent(scene, &kind)) ? 1 : 0;
    if (!*ret_count) return NULL;
    const struct demo_language *words = scene->customer.language;
    const struct stored_file *stored = &scene->demo->stored[kind][chance_below(&chance, (int)scene->demo->file_count)];
    const char *pattern = kind == DEMO_PDF ? words->invoice_file : kind == DEMO_PNG ? words->photo_file : words->list_file;
    const char *slot = strchr(pattern, '{');
    struct message_file *file = arena_alloc(mem, sizeof *file);
    *file = (struct message_file){
        .hash = text_of(stored->hash), .size = stored->size, .media_type = text_of(stored->media_type),
        .name = text_printf(mem, "%.*s%d%s", (int)(slot - pattern), pattern, 1000 + chance_below(&chance, 9000), strchr(pattern, '}') + 1),
    };
    return file;
}

/* --- Speaking ------------------------------------------------------------------------------------------------------- */

static const char *kind_of(const struct scene *scene) {
    if (scene->act == ACT_NOTE) return "note";
    if (scene->act != ACT_OPEN || strcmp(scene->plan.channel, "mail") == 0) return "mail";
    return strcmp(scene->plan.channel, "form") == 0 ? "form" : "call";
}

static void address(struct scene *scene, struct message_writing *writing) {
    struct arena *mem = &scene->tx->mem;
    const struct demo_team *team = &demo_teams[scene->plan.team];
    if (writing->direction == DIRECTION_IN) {
        writing->author_person = scene->person;
        writing->from_name = scene->customer.name;
        writing->from_address = scene->customer.email;
        writing->to_list = address_list(mem, text_of(team->name), text_of(team->address));
        return;
    }
    bool automatic = scene->act == ACT_AUTO_REPLY;
    writing->author_staff = automatic ? (staff_id){0} : scene->agent;
    writing->from_name = text_of(automatic ? team->name : demo_agents[scene->plan.agent].name);
    if (scene->act == ACT_NOTE) return;
    writing->from_address = text_of(team->address);
    writing->to_list = address_list(mem, scene->customer.name, scene->customer.email);
}

static bool speak(struct scene *scene, struct error *err) {
    struct tx *tx = scene->tx;
    bool ours = demo_act_is_ours(scene->act);
    struct demo_saying saying = demo_say(&tx->mem, &scene->plan, &scene->customer, scene->step);
    struct message_writing writing = {
        .ticket = scene->ticket, .direction = ours ? DIRECTION_OUT : DIRECTION_IN, .kind = kind_of(scene),
        .audience = scene->act == ACT_NOTE ? AUDIENCE_INTERNAL : AUDIENCE_PUBLIC, .subject = saying.subject, .header_id = saying.header_id,
        .in_reply_to = saying.in_reply_to, .references = saying.references, .text = saying.text, .text_full = saying.text_full,
        .html = saying.html, .is_automatic = scene->act == ACT_AUTO_REPLY || scene->act == ACT_VACATION,
        .report = text_of(scene->act == ACT_VACATION ? "{\"kind\":\"vacation\",\"recipients\":[]}" : NULL),
        .sent_at = scene->act == ACT_NOTE ? 0 : tx->now,
    };
    message_id id;
    writing.files = pick_file(scene, &writing.file_count);
    address(scene, &writing);
    const struct doer system = {.kind = ACTOR_SYSTEM, .cause = text_of("demo")};
    const struct doer *doer = scene->act == ACT_AUTO_REPLY ? &system : ours ? &scene->we : &scene->customer_doer;
    return message_add(tx, doer, &writing, &id, err);
}

/* --- Acting --------------------------------------------------------------------------------------------------------- */

static bool open_ticket(struct scene *scene, struct error *err) {
    struct tx *tx = scene->tx;
    const struct demo_topic *topic = &scene->customer.language->topics[scene->plan.topic];
    struct chance chance = chance_of(scene->plan.seed, scene->plan.number, 'g');
    struct text tags[] = {text_of(topic->tags[0]), text_of(topic->tags[1])};
    size_t tag_count = scene->plan.is_spam ? 0 : topic->tags[1] && chance_percent(&chance, 30) ? 2 : 1;
    const struct ticket_opening opening = {
        .subject = demo_subject(&tx->mem, &scene->plan, &scene->customer), .requester = scene->person,
        .team = scene->demo->teams[scene->plan.first_team], .channel = scene->plan.channel, .tags = {tag_count, tags},
        .priority = scene->plan.priority == PRIORITY_LOW ? PRIORITY_LOW : PRIORITY_NORMAL,
    };
    const struct ticket *opened;
    if (!ticket_open(tx, &scene->customer_doer, &opening, &opened, err)) return false;
    scene->ticket = opened->id;
    scene->demo->tickets[scene->plan.number] = scene->ticket;
    return true;
}

static bool set_state(struct scene *scene, const struct doer *doer, const char *state, const char *reason, struct error *err) {
    struct ticket_change change = {.has_state = true, .state = text_of(state), .waiting_reason = text_of(reason)};
    if (reason && strcmp(reason, "date") == 0) change.waiting_until_at = scene->tx->now + 3 * DAY;
    return ticket_apply(scene->tx, doer, scene->ticket, &change, err);
}

/* Is the ticket still put off when this step begins? A word of the customer has opened it again. */
static bool is_put_off(const struct demo_plan *plan, size_t step) {
    while (step-- > 0) {
        if (plan->steps[step].act == ACT_WAIT) return true;
        if (plan->steps[step].act >= ACT_FACT && plan->steps[step].act <= ACT_URGE) return false;
    }
    return false;
}

static bool follow_words(struct scene *scene, struct error *err) {
    if (scene->act == ACT_ASK) return set_state(scene, &scene->we, "waiting", "customer", err);
    if (scene->act == ACT_ANSWER && is_put_off(&scene->plan, scene->step)) return set_state(scene, &scene->we, "open", NULL, err);
    return true;
}

static bool act_silently(struct scene *scene, struct error *err) {
    const struct demo_plan *plan = &scene->plan;
    const struct doer clock = {.kind = ACTOR_SYSTEM, .cause = text_of("resolved for 7 days")};
    struct ticket_change change = {0};
    switch (scene->act) {
    case ACT_WAIT: return set_state(scene, &scene->we, "waiting", plan->waiting_reason, err);
    case ACT_RESOLVE: return set_state(scene, &scene->we, "resolved", NULL, err);
    case ACT_CLOSE: return set_state(scene, &clock, "closed", NULL, err);
    case ACT_MOVE: change = (struct ticket_change){.has_team = true, .team = scene->demo->teams[plan->team]}; break;
    case ACT_RAISE: change = (struct ticket_change){.has_priority = true, .priority = plan->priority}; break;
    case ACT_SPAM: change = (struct ticket_change){.has_spam = true, .is_spam = true}; break;
    default:
        change = (struct ticket_change){.has_assignee = true, .assignee = scene->agent, .has_state = true, .state = text_of("open")};
    }
    return ticket_apply(scene->tx, &scene->we, scene->ticket, &change, err);
}

bool demo_do(struct tx *tx, struct demo *demo, uint32_t number, uint32_t step, struct error *err) {
    struct scene scene = {.tx = tx, .demo = demo, .step = step, .ticket = demo->tickets[number]};
    int64_t arrival = demo_arrival(&demo->calendar, demo->seed, number, demo->count);
    demo_plan(&scene.plan, demo->seed, number, demo->customers, arrival, demo->calendar.until);
    scene.customer = demo_customer(&tx->mem, demo->seed, scene.plan.customer);
    scene.act = scene.plan.steps[step].act;
    scene.agent = demo->agents[scene.plan.agent];
    scene.we = (struct doer){.kind = ACTOR_STAFF, .id = scene.agent.value};
    tx->now = scene.plan.steps[step].at;
    if (!find_person(&scene, err)) return false;
    if (scene.act == ACT_OPEN && !open_ticket(&scene, err)) return false;
    if (!demo_act_speaks(scene.act)) return act_silently(&scene, err);
    return speak(&scene, err) && follow_words(&scene, err);
}
