package org.connectedlocalism.analysis;

import static org.connectedlocalism.analysis.AnalysisForTests.onlyKnown;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.core.DecimalDigitFilter;
import org.apache.lucene.analysis.core.FlattenGraphFilter;
import org.apache.lucene.analysis.core.UpperCaseFilter;
import org.apache.lucene.analysis.en.EnglishMinimalStemFilter;
import org.apache.lucene.analysis.en.EnglishPossessiveFilter;
import org.apache.lucene.analysis.en.KStemFilter;
import org.apache.lucene.analysis.en.PorterStemFilter;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.miscellaneous.KeywordRepeatFilter;
import org.apache.lucene.analysis.miscellaneous.LengthFilter;
import org.apache.lucene.analysis.miscellaneous.LimitTokenCountFilter;
import org.apache.lucene.analysis.miscellaneous.PatternKeywordMarkerFilter;
import org.apache.lucene.analysis.miscellaneous.RemoveDuplicatesTokenFilter;
import org.apache.lucene.analysis.miscellaneous.SetKeywordMarkerFilter;
import org.apache.lucene.analysis.miscellaneous.StemmerOverrideFilter;
import org.apache.lucene.analysis.miscellaneous.TrimFilter;
import org.apache.lucene.analysis.miscellaneous.TruncateTokenFilter;
import org.apache.lucene.analysis.miscellaneous.WordDelimiterGraphFilter;
import org.apache.lucene.analysis.miscellaneous.WordDelimiterIterator;
import org.apache.lucene.analysis.ngram.EdgeNGramTokenFilter;
import org.apache.lucene.analysis.ngram.NGramTokenFilter;
import org.apache.lucene.analysis.pattern.PatternCaptureGroupTokenFilter;
import org.apache.lucene.analysis.pattern.PatternReplaceFilter;
import org.apache.lucene.analysis.reverse.ReverseStringFilter;
import org.apache.lucene.analysis.snowball.SnowballFilter;
import org.apache.lucene.analysis.tr.ApostropheFilter;
import org.apache.lucene.analysis.util.ElisionFilter;
import org.elasticsearch.common.regex.Regex;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.index.IndexSettings;
import org.elasticsearch.index.analysis.AbstractTokenFilterFactory;
import org.elasticsearch.index.analysis.Analysis;
import org.elasticsearch.index.analysis.NormalizingTokenFilterFactory;
import org.elasticsearch.index.analysis.TokenFilterFactory;
import org.elasticsearch.indices.analysis.AnalysisModule.AnalysisProvider;
import org.elasticsearch.plugins.AnalysisPlugin;
import org.tartarus.snowball.ext.EnglishStemmer;

/** Token filters other than synonyms. */
final class TokenFilters {

    private TokenFilters() {}

    static void register(Map<String, AnalysisProvider<TokenFilterFactory>> filters) {
        filters.put("asciifolding", TokenFilters::asciiFolding);
        filters.put("apostrophe", simple(ApostropheFilter::new));
        filters.put("decimal_digit", normalizing(DecimalDigitFilter::new));
        filters.put("edge_ngram", TokenFilters::edgeNGram);
        filters.put("elision", AnalysisPlugin.requiresAnalysisSettings(TokenFilters::elision));
        filters.put("flatten_graph", simple(FlattenGraphFilter::new));
        filters.put("keyword_marker", AnalysisPlugin.requiresAnalysisSettings(TokenFilters::keywordMarker));
        filters.put("keyword_repeat", TokenFilters::keywordRepeat);
        filters.put("kstem", simple(KStemFilter::new));
        filters.put("length", TokenFilters::length);
        filters.put("limit", TokenFilters::limit);
        filters.put("lowercase", normalizing(LowerCaseFilter::new));
        filters.put("ngram", TokenFilters::nGram);
        filters.put("pattern_capture", AnalysisPlugin.requiresAnalysisSettings(TokenFilters::patternCapture));
        filters.put("pattern_replace", AnalysisPlugin.requiresAnalysisSettings(TokenFilters::patternReplace));
        filters.put("porter_stem", simple(PorterStemFilter::new));
        filters.put("remove_duplicates", simple(RemoveDuplicatesTokenFilter::new));
        filters.put("reverse", simple(ReverseStringFilter::new));
        filters.put("snowball", TokenFilters::snowball);
        filters.put("stemmer", TokenFilters::stemmer);
        filters.put("stemmer_override", AnalysisPlugin.requiresAnalysisSettings(TokenFilters::stemmerOverride));
        filters.put("trim", normalizing(TrimFilter::new));
        filters.put("truncate", TokenFilters::truncate);
        filters.put("unique", TokenFilters::unique);
        filters.put("uppercase", normalizing(UpperCaseFilter::new));
        filters.put("word_delimiter_graph", TokenFilters::wordDelimiterGraph);
    }

    private static AnalysisProvider<TokenFilterFactory> simple(UnaryOperator<TokenStream> filter) {
        return (index, environment, name, settings) -> {
            onlyKnown(name, settings);
            return new Filter(name, settings, filter);
        };
    }

    private static AnalysisProvider<TokenFilterFactory> normalizing(UnaryOperator<TokenStream> filter) {
        return (index, environment, name, settings) -> {
            onlyKnown(name, settings);
            return new NormalizingFilter(name, settings, filter);
        };
    }

    private static TokenFilterFactory asciiFolding(IndexSettings index, Environment environment, String name, Settings settings) {
        onlyKnown(name, settings, "preserve_original");
        boolean preserve = settings.getAsBoolean("preserve_original", false);
        return new NormalizingFilter(name, settings, stream -> new ASCIIFoldingFilter(stream, preserve)) {
            @Override
            public TokenStream normalize(TokenStream stream) {
                return new ASCIIFoldingFilter(stream); // a normaliser gives one token, so never the original too
            }

            @Override
            public TokenFilterFactory getSynonymFilter() {
                return preserve ? new Filter(name(), Settings.EMPTY, ASCIIFoldingFilter::new) : this;
            }
        };
    }

    private static TokenFilterFactory edgeNGram(IndexSettings index, Environment environment, String name, Settings settings) {
        onlyKnown(name, settings, "min_gram", "max_gram", "side", "preserve_original");
        int min = settings.getAsInt("min_gram", 1);
        int max = settings.getAsInt("max_gram", 2);
        boolean preserve = settings.getAsBoolean("preserve_original", false);
        String side = settings.get("side", "front");
        if (side.equals("front") == false && side.equals("back") == false) {
            throw new IllegalArgumentException("invalid side: " + side);
        }
        return new UnfitForSynonyms(name, settings, stream -> {
            if (side.equals("front")) {
                return new EdgeNGramTokenFilter(stream, min, max, preserve);
            }
            return new ReverseStringFilter(new EdgeNGramTokenFilter(new ReverseStringFilter(stream), min, max, preserve));
        });
    }

    private static TokenFilterFactory nGram(IndexSettings index, Environment environment, String name, Settings settings) {
        onlyKnown(name, settings, "min_gram", "max_gram", "preserve_original");
        int min = settings.getAsInt("min_gram", 1);
        int max = settings.getAsInt("max_gram", 2);
        boolean preserve = settings.getAsBoolean("preserve_original", false);
        Tokenizers.checkDifference(index, min, max, "NGram Token Filter");
        return new UnfitForSynonyms(name, settings, stream -> new NGramTokenFilter(stream, min, max, preserve));
    }

    private static TokenFilterFactory elision(IndexSettings index, Environment environment, String name, Settings settings) {
        onlyKnown(name, settings, "articles", "articles_case");
        CharArraySet articles = Analysis.parseArticles(environment, settings);
        if (articles == null) {
            throw new IllegalArgumentException("elision filter requires [articles] setting");
        }
        return new NormalizingFilter(name, settings, stream -> new ElisionFilter(stream, articles));
    }

    private static TokenFilterFactory keywordMarker(IndexSettings index, Environment environment, String name, Settings settings) {
        onlyKnown(name, settings, "keywords", "keywords_pattern", "ignore_case");
        String pattern = settings.get("keywords_pattern");
        if (pattern != null) {
            Pattern compiled = Pattern.compile(pattern);
            return new Filter(name, settings, stream -> new PatternKeywordMarkerFilter(stream, compiled));
        }
        List<String> words = settings.getAsList("keywords", null);
        if (words == null) {
            throw new IllegalArgumentException("keyword filter requires either `keywords` or `keywords_pattern` to be configured");
        }
        CharArraySet keywords = new CharArraySet(words, settings.getAsBoolean("ignore_case", false));
        return new Filter(name, settings, stream -> new SetKeywordMarkerFilter(stream, keywords));
    }

    private static TokenFilterFactory keywordRepeat(IndexSettings index, Environment environment, String name, Settings settings) {
        onlyKnown(name, settings);
        return new Filter(name, settings, KeywordRepeatFilter::new) {
            @Override
            public TokenFilterFactory getSynonymFilter() {
                return IDENTITY_FILTER;
            }
        };
    }

    private static TokenFilterFactory length(IndexSettings index, Environment environment, String name, Settings settings) {
        onlyKnown(name, settings, "min", "max");
        int min = settings.getAsInt("min", 0);
        int max = settings.getAsInt("max", Integer.MAX_VALUE);
        return new Filter(name, settings, stream -> new LengthFilter(stream, min, max));
    }

    private static TokenFilterFactory limit(IndexSettings index, Environment environment, String name, Settings settings) {
        onlyKnown(name, settings, "max_token_count", "consume_all_tokens");
        int count = settings.getAsInt("max_token_count", 1);
        boolean consumeAll = settings.getAsBoolean("consume_all_tokens", false);
        return new Filter(name, settings, stream -> new LimitTokenCountFilter(stream, count, consumeAll));
    }

    /** Security's own index, where API keys are kept, is made with this one. */
    private static TokenFilterFactory patternCapture(IndexSettings index, Environment environment, String name, Settings settings) {
        onlyKnown(name, settings, "patterns", "preserve_original");
        List<String> patterns = settings.getAsList("patterns", null, false);
        if (patterns == null) {
            throw new IllegalArgumentException("required setting 'patterns' is missing for token filter [" + name + "]");
        }
        Pattern[] compiled = patterns.stream().map(Pattern::compile).toArray(Pattern[]::new);
        boolean preserve = settings.getAsBoolean("preserve_original", true);
        return new Filter(name, settings, stream -> new PatternCaptureGroupTokenFilter(stream, preserve, compiled));
    }

    private static TokenFilterFactory patternReplace(IndexSettings index, Environment environment, String name, Settings settings) {
        onlyKnown(name, settings, "pattern", "flags", "replacement", "all");
        String pattern = settings.get("pattern");
        if (pattern == null) {
            throw new IllegalArgumentException("pattern is missing for [" + name + "] token filter of type 'pattern_replace'");
        }
        Pattern compiled = Regex.compile(pattern, settings.get("flags"));
        String replacement = settings.get("replacement", "");
        boolean all = settings.getAsBoolean("all", true);
        return new NormalizingFilter(name, settings, stream -> new PatternReplaceFilter(stream, compiled, replacement, all));
    }

    private static TokenFilterFactory snowball(IndexSettings index, Environment environment, String name, Settings settings) {
        onlyKnown(name, settings, "language");
        String language = settings.get("language", "English");
        if (language.equals("English") == false) {
            throw new IllegalArgumentException("The test server's snowball filter knows English only, not " + language);
        }
        return new Filter(name, settings, stream -> new SnowballFilter(stream, new EnglishStemmer()));
    }

    private static TokenFilterFactory stemmer(IndexSettings index, Environment environment, String name, Settings settings) {
        onlyKnown(name, settings, "language", "name");
        String language = settings.get("language", settings.get("name", "porter"));
        UnaryOperator<TokenStream> filter = switch (language.toLowerCase(Locale.ROOT)) {
            case "english", "porter" -> PorterStemFilter::new;
            case "porter2" -> stream -> new SnowballFilter(stream, new EnglishStemmer());
            case "light_english", "lightenglish", "kstem" -> KStemFilter::new;
            case "minimal_english", "minimalenglish" -> EnglishMinimalStemFilter::new;
            case "possessive_english", "possessiveenglish" -> EnglishPossessiveFilter::new;
            default -> throw new IllegalArgumentException("Invalid stemmer class specified: " + language + " (the test server knows those for English)");
        };
        return new Filter(name, settings, filter);
    }

    private static TokenFilterFactory stemmerOverride(IndexSettings index, Environment environment, String name, Settings settings)
        throws IOException {
        onlyKnown(name, settings, "rules");
        List<String> rules = settings.getAsList("rules", null);
        if (rules == null) {
            throw new IllegalArgumentException("stemmer override filter requires [rules]");
        }
        StemmerOverrideFilter.Builder builder = new StemmerOverrideFilter.Builder(false);
        for (String rule : rules) {
            String[] sides = rule.split("=>", -1);
            if (sides.length != 2 || sides[1].isBlank() || sides[1].contains(",")) {
                throw new IllegalArgumentException("Invalid Keyword override Rule:" + rule);
            }
            for (String key : sides[0].split(",", -1)) {
                if (key.isBlank()) {
                    throw new IllegalArgumentException("Invalid Keyword override Rule:" + rule);
                }
                builder.add(key.trim(), sides[1].trim());
            }
        }
        StemmerOverrideFilter.StemmerOverrideMap map = builder.build();
        return new Filter(name, settings, stream -> new StemmerOverrideFilter(stream, map));
    }

    private static TokenFilterFactory truncate(IndexSettings index, Environment environment, String name, Settings settings) {
        onlyKnown(name, settings, "length");
        int length = settings.getAsInt("length", 10);
        return new Filter(name, settings, stream -> new TruncateTokenFilter(stream, length));
    }

    private static TokenFilterFactory unique(IndexSettings index, Environment environment, String name, Settings settings) {
        onlyKnown(name, settings, "only_on_same_position");
        boolean samePosition = settings.getAsBoolean("only_on_same_position", false);
        return new Filter(name, settings, stream -> new UniqueFilter(stream, samePosition));
    }

    private static TokenFilterFactory wordDelimiterGraph(IndexSettings index, Environment environment, String name, Settings settings) {
        Map<String, Integer> flags = Map.of(
            "generate_word_parts", WordDelimiterGraphFilter.GENERATE_WORD_PARTS,
            "generate_number_parts", WordDelimiterGraphFilter.GENERATE_NUMBER_PARTS,
            "split_on_case_change", WordDelimiterGraphFilter.SPLIT_ON_CASE_CHANGE,
            "split_on_numerics", WordDelimiterGraphFilter.SPLIT_ON_NUMERICS,
            "stem_english_possessive", WordDelimiterGraphFilter.STEM_ENGLISH_POSSESSIVE,
            "catenate_words", WordDelimiterGraphFilter.CATENATE_WORDS,
            "catenate_numbers", WordDelimiterGraphFilter.CATENATE_NUMBERS,
            "catenate_all", WordDelimiterGraphFilter.CATENATE_ALL,
            "preserve_original", WordDelimiterGraphFilter.PRESERVE_ORIGINAL,
            "ignore_keywords", WordDelimiterGraphFilter.IGNORE_KEYWORDS
        );
        List<String> on = List.of(
            "generate_word_parts", "generate_number_parts", "split_on_case_change", "split_on_numerics", "stem_english_possessive");
        int chosen = 0;
        for (Map.Entry<String, Integer> flag : flags.entrySet()) {
            if (settings.getAsBoolean(flag.getKey(), on.contains(flag.getKey()))) {
                chosen |= flag.getValue();
            }
        }
        String[] known = new java.util.ArrayList<>(flags.keySet()).toArray(new String[flags.size() + 2]);
        known[flags.size()] = "protected_words";
        known[flags.size() + 1] = "adjust_offsets";
        onlyKnown(name, settings, known);
        List<String> words = settings.getAsList("protected_words", null);
        CharArraySet kept = words == null ? null : new CharArraySet(words, false);
        boolean adjust = settings.getAsBoolean("adjust_offsets", true);
        int combined = chosen;
        return new UnfitForSynonyms(name, settings, stream ->
            new WordDelimiterGraphFilter(stream, adjust, WordDelimiterIterator.DEFAULT_WORD_DELIM_TABLE, combined, kept));
    }

    /** A filter that needs nothing but the stream. */
    static class Filter extends AbstractTokenFilterFactory {
        private final UnaryOperator<TokenStream> filter;

        Filter(String name, Settings settings, UnaryOperator<TokenStream> filter) {
            super(name, settings);
            this.filter = filter;
        }

        @Override
        public TokenStream create(TokenStream stream) {
            return filter.apply(stream);
        }
    }

    /** One that a keyword normaliser may use: it turns one token into one token. */
    static class NormalizingFilter extends Filter implements NormalizingTokenFilterFactory {
        NormalizingFilter(String name, Settings settings, UnaryOperator<TokenStream> filter) {
            super(name, settings, filter);
        }
    }

    /** One that makes several tokens of one, so that synonyms after it could not be parsed. */
    private static final class UnfitForSynonyms extends Filter {
        UnfitForSynonyms(String name, Settings settings, UnaryOperator<TokenStream> filter) {
            super(name, settings, filter);
        }

        @Override
        public TokenFilterFactory getSynonymFilter() {
            throw new IllegalArgumentException("Token filter [" + name() + "] cannot be used to parse synonyms");
        }

        @Override
        public boolean breaksFastVectorHighlighter() {
            return true;
        }
    }
}
