/* What happens in a sample ticket, and when. */
#include "commands/demo.h"

static const struct {
    int share;               /* of a hundred tickets */
    int team, other_team;    /* where it belongs, and where it may land first */
} topic_table[DEMO_TOPICS] = {
    [TOPIC_INVOICE] = {17, 1, 0}, [TOPIC_DELIVERY] = {22, 0, 2}, [TOPIC_RETURN] = {17, 2, 0}, [TOPIC_DEFECT] = {14, 3, 0},
    [TOPIC_PASSWORD] = {9, 3, 0}, [TOPIC_CONTRACT] = {7, 1, 0}, [TOPIC_APPOINTMENT] = {6, 3, 0}, [TOPIC_PRAISE] = {3, 0, 0},
    [TOPIC_COMPLAINT] = {5, 0, 0},
};

struct drawing {
    struct demo_plan *plan;
    struct chance chance;
    int64_t at, until;
};

bool demo_act_speaks(enum demo_act act) {
    return act == ACT_OPEN || act == ACT_AUTO_REPLY || (act >= ACT_NOTE && act <= ACT_VACATION);
}

bool demo_act_is_ours(enum demo_act act) {
    return act == ACT_AUTO_REPLY || act == ACT_NOTE || act == ACT_ASK || act == ACT_ANSWER;
}

static void add(struct drawing *draw, enum demo_act act) {
    struct demo_plan *plan = draw->plan;
    if (draw->at < draw->until && plan->step_count < DEMO_STEPS) plan->steps[plan->step_count++] = (struct demo_step){draw->at, act};
}

/* Moves on by low to high minutes, mostly near low. */
static void pass(struct drawing *draw, int low, int high) {
    int first = chance_below(&draw->chance, high - low), second = chance_below(&draw->chance, high - low);
    draw->at += (low + (int64_t)first * second / (high - low)) * MINUTE + chance_below(&draw->chance, 60) * SECOND;
}

/* We answer on weekdays between 7 and 17 hours UTC: what would happen outside waits for the next morning. */
static void to_office_hours(struct drawing *draw) {
    for (;;) {
        int64_t day = draw->at / DAY, hour = draw->at % DAY / HOUR;
        bool weekend = (day + 3) % 7 >= 5; /* 1970-01-01 was a Thursday */
        if (!weekend && hour >= 7 && hour < 17) return;
        int64_t morning = (hour >= 17 || weekend ? day + 1 : day) * DAY + 7 * HOUR;
        draw->at = morning + chance_below(&draw->chance, 150) * MINUTE + chance_below(&draw->chance, 60) * SECOND;
    }
}

static void we(struct drawing *draw, enum demo_act act, int low, int high) {
    pass(draw, low, high);
    to_office_hours(draw);
    add(draw, act);
}

static void customer(struct drawing *draw, enum demo_act act, int low, int high) {
    pass(draw, low, high);
    add(draw, act);
}

static void maybe_note(struct drawing *draw, int percent) {
    if (chance_percent(&draw->chance, percent)) we(draw, ACT_NOTE, 3, 90);
}

/* We ask, the customer tells: 'waiting' in between. Some answer only after a vacation note. */
static void draw_question(struct drawing *draw) {
    we(draw, ACT_ASK, 5, 600);
    if (chance_percent(&draw->chance, 5)) customer(draw, ACT_VACATION, 1, 3);
    customer(draw, ACT_FACT, 15, 4000);
    maybe_note(draw, 12);
}

static void draw_wait(struct drawing *draw) {
    static const char *const reasons[] = {"third_party", "date", "internal", "third_party"};
    draw->plan->waiting_reason = reasons[chance_below(&draw->chance, COUNT_OF(reasons))];
    we(draw, ACT_WAIT, 1, 20);
    if (chance_percent(&draw->chance, 30)) customer(draw, ACT_URGE, 1500, 6000);
}

static void draw_end(struct drawing *draw) {
    if (chance_percent(&draw->chance, 45)) customer(draw, ACT_THANK, 10, 2500);
    we(draw, ACT_RESOLVE, 1, 400);
    if (chance_percent(&draw->chance, 6)) {
        customer(draw, ACT_REPLY, 300, 8000);
        we(draw, ACT_ANSWER, 10, 700);
        we(draw, ACT_RESOLVE, 1, 30);
    }
    draw->at += 7 * DAY;
    add(draw, ACT_CLOSE);
}

static void draw_conversation(struct drawing *draw) {
    struct demo_plan *plan = draw->plan;
    struct chance *chance = &draw->chance;
    /* A few are left lying, so that there is a backlog of every age. */
    bool forgotten = chance_below(chance, 1000) < 6;
    if (plan->channel[0] == 'm' && chance_percent(chance, 20)) customer(draw, ACT_AUTO_REPLY, 0, 1);
    if (forgotten && chance_percent(chance, 30)) return;
    if (plan->team != plan->first_team) we(draw, ACT_MOVE, 5, 300);
    if (plan->priority >= PRIORITY_HIGH) we(draw, ACT_RAISE, 2, 120);
    we(draw, ACT_TAKE, 2, 500);
    if (forgotten) {
        we(draw, ACT_ANSWER, 5, 400);
        draw_wait(draw);
        return;
    }
    maybe_note(draw, 10);
    if (plan->topic != TOPIC_PRAISE && chance_percent(chance, 35)) draw_question(draw);
    if (chance_percent(chance, 10)) draw_wait(draw);
    we(draw, ACT_ANSWER, 4, 600);
    for (int more = 0; more < 2 && plan->topic != TOPIC_PRAISE && chance_percent(chance, plan->topic == TOPIC_COMPLAINT ? 60 : 20); more++) {
        customer(draw, ACT_REPLY, 10, 3000);
        maybe_note(draw, 15);
        we(draw, ACT_ANSWER, 4, 700);
    }
    draw_end(draw);
}

static enum demo_topic_key draw_topic(struct chance *chance) {
    int percent = chance_below(chance, 100), topic = 0;
    while (percent >= topic_table[topic].share) percent -= topic_table[topic++].share;
    return (enum demo_topic_key)topic;
}

static int draw_agent(struct chance *chance, int team) {
    for (;;) {
        int agent = chance_below(chance, DEMO_AGENTS);
        if (strchr(demo_agents[agent].teams, demo_teams[team].letter)) return agent;
    }
}

static const char *draw_channel(struct chance *chance) {
    int percent = chance_below(chance, 100);
    return percent < 78 ? "mail" : percent < 93 ? "form" : "phone";
}

static enum priority draw_priority(struct chance *chance, enum demo_topic_key topic) {
    int percent = chance_below(chance, 100) - (topic == TOPIC_COMPLAINT ? 30 : 0);
    return percent < 3 ? PRIORITY_URGENT : percent < 13 ? PRIORITY_HIGH : percent < 90 ? PRIORITY_NORMAL : PRIORITY_LOW;
}

/* The square of an even draw: some customers write often, most once. */
static uint64_t draw_customer(struct chance *chance, uint64_t customers) {
    double even = (double)(chance_next(chance) >> 11) / 9007199254740992.0;
    return (uint64_t)(even * even * (double)customers);
}

void demo_plan(struct demo_plan *plan, uint64_t seed, uint64_t number, uint64_t customers, int64_t created_at, int64_t until) {
    struct drawing draw = {.plan = plan, .chance = chance_of(seed, number, 'p'), .at = created_at, .until = until};
    struct chance *chance = &draw.chance;
    *plan = (struct demo_plan){.seed = seed, .number = number, .waiting_reason = "third_party"};
    plan->customer = draw_customer(chance, customers);
    plan->topic = draw_topic(chance);
    plan->channel = draw_channel(chance);
    plan->priority = draw_priority(chance, plan->topic);
    plan->team = plan->first_team = topic_table[plan->topic].team;
    if (chance_percent(chance, 12)) plan->first_team = topic_table[plan->topic].other_team;
    plan->agent = draw_agent(chance, plan->team);
    plan->is_spam = strcmp(plan->channel, "mail") == 0 && chance_percent(chance, 2);
    add(&draw, ACT_OPEN);
    if (plan->is_spam) we(&draw, ACT_SPAM, 2, 300);
    else draw_conversation(&draw);
}
