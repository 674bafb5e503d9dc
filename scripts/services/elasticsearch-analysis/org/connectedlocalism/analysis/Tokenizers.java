package org.connectedlocalism.analysis;

import static org.connectedlocalism.analysis.AnalysisForTests.onlyKnown;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.core.KeywordTokenizer;
import org.apache.lucene.analysis.core.LetterTokenizer;
import org.apache.lucene.analysis.core.WhitespaceTokenizer;
import org.apache.lucene.analysis.email.UAX29URLEmailTokenizer;
import org.apache.lucene.analysis.ngram.EdgeNGramTokenizer;
import org.apache.lucene.analysis.ngram.NGramTokenizer;
import org.apache.lucene.analysis.path.PathHierarchyTokenizer;
import org.apache.lucene.analysis.pattern.PatternTokenizer;
import org.elasticsearch.common.regex.Regex;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.index.IndexSettings;
import org.elasticsearch.index.analysis.TokenizerFactory;
import org.elasticsearch.indices.analysis.AnalysisModule.AnalysisProvider;

/** Tokenizers. */
final class Tokenizers {

    private Tokenizers() {}

    static Map<String, AnalysisProvider<TokenizerFactory>> all() {
        return Map.of(
            "edge_ngram", Tokenizers::edgeNGram,
            "keyword", Tokenizers::keyword,
            "letter", Tokenizers::letter,
            "ngram", Tokenizers::nGram,
            "path_hierarchy", Tokenizers::pathHierarchy,
            "pattern", Tokenizers::pattern,
            "uax_url_email", Tokenizers::urlEmail,
            "whitespace", Tokenizers::whitespace
        );
    }

    /** A full server holds n-grams to index.max_ngram_diff; so does the test server. */
    static void checkDifference(IndexSettings index, int min, int max, String what) {
        int allowed = index.getMaxNgramDiff();
        int difference = max - min;
        if (difference > allowed) {
            throw new IllegalArgumentException(
                "The difference between max_gram and min_gram in " + what + " must be less than or equal to: [" + allowed
                    + "] but was [" + difference + "]. This limit can be set by changing the [index.max_ngram_diff] index level setting.");
        }
    }

    private static TokenizerFactory edgeNGram(IndexSettings index, Environment environment, String name, Settings settings) {
        onlyKnown(name, settings, "min_gram", "max_gram", "token_chars", "custom_token_chars");
        int min = settings.getAsInt("min_gram", 1);
        int max = settings.getAsInt("max_gram", 2);
        IntPredicate isToken = tokenChars(settings);
        return TokenizerFactory.newFactory(name, () -> new EdgeNGramTokenizer(min, max) {
            @Override
            protected boolean isTokenChar(int character) {
                return isToken.test(character);
            }
        });
    }

    private static TokenizerFactory nGram(IndexSettings index, Environment environment, String name, Settings settings) {
        onlyKnown(name, settings, "min_gram", "max_gram", "token_chars", "custom_token_chars");
        int min = settings.getAsInt("min_gram", 1);
        int max = settings.getAsInt("max_gram", 2);
        checkDifference(index, min, max, "NGram Tokenizer");
        IntPredicate isToken = tokenChars(settings);
        return TokenizerFactory.newFactory(name, () -> new NGramTokenizer(min, max) {
            @Override
            protected boolean isTokenChar(int character) {
                return isToken.test(character);
            }
        });
    }

    private static IntPredicate tokenChars(Settings settings) {
        List<String> classes = settings.getAsList("token_chars", List.of());
        if (classes.isEmpty()) {
            return character -> true;
        }
        IntPredicate any = character -> false;
        for (String name : classes) {
            any = any.or(switch (name.toLowerCase(Locale.ROOT)) {
                case "letter" -> Character::isLetter;
                case "digit" -> Character::isDigit;
                case "whitespace" -> Character::isWhitespace;
                case "punctuation" -> character -> isOneOf(character,
                    Character.START_PUNCTUATION, Character.END_PUNCTUATION, Character.OTHER_PUNCTUATION, Character.CONNECTOR_PUNCTUATION,
                    Character.DASH_PUNCTUATION, Character.INITIAL_QUOTE_PUNCTUATION, Character.FINAL_QUOTE_PUNCTUATION);
                case "symbol" -> character -> isOneOf(character,
                    Character.CURRENCY_SYMBOL, Character.MATH_SYMBOL, Character.OTHER_SYMBOL, Character.MODIFIER_SYMBOL);
                case "custom" -> {
                    String custom = settings.get("custom_token_chars", "");
                    yield character -> custom.indexOf(character) >= 0;
                }
                default -> throw new IllegalArgumentException("Unknown token type: '" + name + "'");
            });
        }
        return any;
    }

    private static boolean isOneOf(int character, byte... types) {
        int actual = Character.getType(character);
        for (byte type : types) {
            if (type == actual) {
                return true;
            }
        }
        return false;
    }

    private static TokenizerFactory keyword(IndexSettings index, Environment environment, String name, Settings settings) {
        onlyKnown(name, settings, "buffer_size");
        int size = settings.getAsInt("buffer_size", 256);
        return TokenizerFactory.newFactory(name, () -> new KeywordTokenizer(size));
    }

    private static TokenizerFactory letter(IndexSettings index, Environment environment, String name, Settings settings) {
        onlyKnown(name, settings);
        return TokenizerFactory.newFactory(name, LetterTokenizer::new);
    }

    private static TokenizerFactory pathHierarchy(IndexSettings index, Environment environment, String name, Settings settings) {
        onlyKnown(name, settings, "delimiter", "replacement", "skip");
        char delimiter = settings.get("delimiter", "/").charAt(0);
        char replacement = settings.get("replacement", String.valueOf(delimiter)).charAt(0);
        int skip = settings.getAsInt("skip", 0);
        return TokenizerFactory.newFactory(name, () -> new PathHierarchyTokenizer(delimiter, replacement, skip));
    }

    private static TokenizerFactory pattern(IndexSettings index, Environment environment, String name, Settings settings) {
        onlyKnown(name, settings, "pattern", "flags", "group");
        Pattern compiled = Regex.compile(settings.get("pattern", "\\W+"), settings.get("flags"));
        int group = settings.getAsInt("group", -1);
        return TokenizerFactory.newFactory(name, () -> new PatternTokenizer(compiled, group));
    }

    private static TokenizerFactory urlEmail(IndexSettings index, Environment environment, String name, Settings settings) {
        onlyKnown(name, settings, "max_token_length");
        int length = settings.getAsInt("max_token_length", 255);
        return TokenizerFactory.newFactory(name, () -> {
            UAX29URLEmailTokenizer tokenizer = new UAX29URLEmailTokenizer();
            tokenizer.setMaxTokenLength(length);
            return tokenizer;
        });
    }

    private static TokenizerFactory whitespace(IndexSettings index, Environment environment, String name, Settings settings) {
        onlyKnown(name, settings, "max_token_length");
        int length = settings.getAsInt("max_token_length", 255);
        return TokenizerFactory.newFactory(name, () -> (Tokenizer) new WhitespaceTokenizer(length));
    }
}
