/*
 * `platform: auto`: which platform a device is of, told from the SSH server's software, the
 * prompt, and the outputs of at most two commands. What to look for is said by the platforms
 * themselves (platform.yml, detect:), so users' own take part.
 *
 *     struct detector *detector;                   once a run; immutable, shared by threads
 *     detector_new(&detector, platforms, &err);
 *
 *     struct detection *d;                         one a device
 *     detection_new(&d, detector, scratch, "Cisco-1.25", &err);
 *     a dialogue with detector_platform(detector) logs in
 *     detection_prompt(d, prompt);
 *     while ((command = detection_next(d)))
 *         detection_output(d, output);             what the device printed, also of a refusal
 *     platform = detection_found(d);               NULL: it cannot be told
 *     detection_why(d)                             what told, or why it cannot be told
 *
 * The rules. A platform whose prompt (detect.prompt, else prompt) is not the device's is out.
 * If one is left and its banner fits, that is enough. Else the command is typed that most of
 * those left would be told by, one whose banner fits counting as four. The platforms whose
 * pattern is found in a line of the output: one is the answer; of several the only one whose
 * banner fits, or none can be told. Where none fits, those with that command are out and a
 * second command is tried. Nothing is ever guessed: a platform is found by what fits it, not by
 * being the last one left.
 */
#ifndef SESSION_DETECT_H
#define SESSION_DETECT_H

#include "session/platform.h"

#define DETECT_COMMANDS_MOST 2

struct detector;
struct detection;

/* The set must outlive it. ERR_INPUT when no platform of it can be found out. */
int detector_new(struct detector **out, const struct platform_set *set, struct err *err);
void detector_free(struct detector *detector); /* NULL is fine */

/* How to talk to a device of any of the platforms: all prompts, pagers, login questions and
 * errors; no setup, no enable. */
const struct platform *detector_platform(const struct detector *detector);

/* The platforms that can be found, in name order. */
size_t detector_count(const struct detector *detector);
const struct platform *detector_at(const struct detector *detector, size_t i);

/* What the platform wants behind the user name, if the banner fits that one alone; or NULL. */
const char *detector_username_suffix(const struct detector *detector,
                                     struct regex_scratch *scratch, const char *banner);

/* banner is copied, NULL = unknown. */
int detection_new(struct detection **out, const struct detector *detector,
                  struct regex_scratch *scratch, const char *banner, struct err *err);
void detection_free(struct detection *d); /* NULL is fine */

void detection_prompt(struct detection *d, struct view prompt);
const char *detection_next(struct detection *d); /* NULL: there is nothing to ask any more */
void detection_output(struct detection *d, struct view output);

const struct platform *detection_found(const struct detection *d);

/* One line, maybe with a device's bytes in it: "prompt 'r1#', show version: 'Cisco IOS
 * Software, ...'", or "cannot tell the platform: ...; write `platform: NAME`". */
const char *detection_why(const struct detection *d);

#endif
