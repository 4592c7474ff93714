/* gatkit help: the help of a verb, and the page about files and exit codes. */
#include <string.h>

#include "cli/commands.h"

static const char files_page[] =
    "Files gatkit reads and writes\n"
    "\n"
    "DATA is a folder or one file of facts.\n"
    "\n"
    "A folder holds train and, if there, valid and test; sets for entities never seen also hold ind_train,\n"
    "ind_valid and ind_test. Each is one file with one of these endings, and may be compressed (.gz, .zst):\n"
    "\n"
    "  .tsv .txt     head<TAB>relation<TAB>tail, one fact a line, no heading\n"
    "  .csv          the same with commas; fields may stand in double quotes, and a first row\n"
    "                head,relation,tail or subject,predicate,object is taken for a heading\n"
    "  .nt .nq       N-Triples, N-Quads\n"
    "  .ttl .trig    Turtle, TriG; of these four, statements about literals are skipped and counted, and\n"
    "                the names of entities and relations are the full IRIs, without < and >\n"
    "\n"
    "Text is UTF-8; a line has at most 1 MB. Beside them, where there are any:\n"
    "\n"
    "  entity_name.tsv      id<TAB>text: shown beside answers\n"
    "  relation_text.tsv    id<TAB>text\n"
    "  entity_type.tsv      id<TAB>type, several lines an entity: which facts generate takes to be possible\n"
    "  valid_negatives, test_negatives   facts checked to be false, for generate --measure\n"
    "  aliases.tsv          id<TAB>name, perhaps <TAB>weight: further names of an entity, for --task linking; the\n"
    "                       weight says how often the name means it, in any unit; --lexicon is such a file\n"
    "\n"
    "One file of facts is split by train into train, valid and test: --holdout is the share of each of the last\n"
    "two, --seed chooses the facts. The model remembers both, and evaluate splits the file the same way.\n"
    "--graph takes every fact of a file, or the train facts of a folder.\n"
    "\n"
    "A file of sentences has two marked entities in each: JSON lines, where spans count words (or the characters of\n"
    "\"text\"), from the first to the one behind the last:\n"
    "\n"
    "  {\"id\", \"tokens\" or \"text\", \"e1\": [0, 1], \"e2\": [4, 6], \"label\": \"Cause(e1,e2)\"}\n"
    "\n"
    "and optionally \"e1_id\", \"e2_id\" (entities of --kg), \"head\" (the governing word of each, from 1; 0: none) "
    "with\n"
    "\"deprel\", and a list of labels where several relations may hold. OpenNRE's JSON lines, the file of "
    "SemEval-2010\n"
    "task 8 and the tab format of NYT10 are read as well, told by the first line. extract --kg and --linker read\n"
    "documents (below) instead, with mentions or without.\n"
    "\n"
    "--descriptions of --task linking: id<TAB>text, perhaps <TAB>type, one line an entity; of a type \"noun.animal\" "
    "the\n"
    "part before the point counts as well. The text of --task words is plain lines, or JSON lines with \"text\" or\n"
    "\"tokens\"; what it writes is a line of two numbers, then word and numbers, as --word-vectors reads them.\n"
    "\n"
    "Documents of --task linking and link are JSON lines of either form; start and end count characters of the text,\n"
    "or tokens; \"entity\" is an id of the graph or \"NIL\", and is left out where it is not known:\n"
    "\n"
    "  {\"id\": ID, \"text\": TEXT or \"tokens\": [WORD...],\n"
    "   \"mentions\": [{\"start\": N, \"end\": N, \"entity\": ID}...]}\n"
    "  {\"doc\": ID, \"entities\": [[ID, TITLE, IN-LINKS, OUT-LINKS, TYPE, POPULARITY]...], \"edges\": [[I, J]...],\n"
    "   \"mentions\": [{\"text\": TEXT, \"ctx\": LONGER-NAME, \"cand\": [I...], \"gold\": TITLE or \"NIL\",\n"
    "                 \"gold_ix\": I or -1}...]}       I, J: places in entities, from 0\n"
    "\n"
    "DATA of --task recommend is a folder with train and, where there are, valid and test, or with one file\n"
    "interactions, inter, ratings or user_artists, which is split by --seed; or one such file. A line is\n"
    "user<TAB>item, perhaps <TAB>rating and <TAB>time (.csv: commas; a heading is passed over), or \"user item item\n"
    "...\" with blanks. Beside it, where there are any:\n"
    "\n"
    "  kg                   facts about the items, in any format of facts\n"
    "  link, item2entity    item<TAB>entity, where items have other names in kg\n"
    "  item_name, item      item<TAB>title\n"
    "\n"
    "A model is one file: weights, names, configuration, metrics and the digest of the data it was made from.\n"
    "Nothing in it is executed, and every byte is covered by a checksum. An output file is replaced only whole: a\n"
    "failed run leaves the old one as it was. While training, MODEL.checkpoint holds the last state; after an\n"
    "interruption the same command with --resume goes on from it and ends with the same model.\n"
    "\n"
    "A --config file has lines 'name = value', the options of train without their dashes, and '#' comments. What\n"
    "the command line says wins over the file, and the file wins over --preset.\n"
    "\n"
    "Exit codes\n"
    "\n"
    "  0    done\n"
    "  1    failed while running (a file that cannot be read or written, for one)\n"
    "  2    wrong usage: an unknown option, a value out of range, an entity the model does not know\n"
    "  3    bad input data; the message names file and line\n"
    "  4    bad model file\n"
    "  5    out of memory or disk space, or above --max-memory\n"
    "  130  interrupted; the checkpoint is written\n";

int cmd_help(int argc, char **argv)
{
    const char *topic = argc > 1 ? argv[1] : "";
    char ask[] = "--help";
    char *arguments[] = {NULL, ask, NULL};
    if (!*topic || !strcmp(topic, "--help") || !strcmp(topic, "-h") || !strcmp(topic, "help")) {
        print_help(stdout);
        return EXIT_DONE;
    }
    if (!strcmp(topic, "files")) {
        fputs(files_page, stdout);
        return EXIT_DONE;
    }
    const gat_command *command = command_find(topic);
    return command ? command_run(command, 2, arguments) : command_unknown(topic);
}
