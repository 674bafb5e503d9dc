package org.connectedlocalism.analysis;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.index.analysis.AbstractIndexAnalyzerProvider;
import org.elasticsearch.index.analysis.Analysis;
import org.elasticsearch.index.analysis.AnalyzerProvider;
import org.elasticsearch.index.analysis.CharFilterFactory;
import org.elasticsearch.index.analysis.TokenFilterFactory;
import org.elasticsearch.index.analysis.TokenizerFactory;
import org.elasticsearch.indices.analysis.AnalysisModule.AnalysisProvider;
import org.elasticsearch.plugins.AnalysisPlugin;
import org.elasticsearch.plugins.Plugin;

/**
 * The analysis components that an index over English and Welsh text uses, under the names, with the
 * parameters and the defaults that the reference manual of Elasticsearch documents.
 *
 * <p>The server that the tests run on has only the core's own components. With these, index settings
 * written for a full server work on it unchanged. A parameter that a component here does not know is
 * refused, never ignored: otherwise a test would pass on something that production does differently.
 */
public final class AnalysisForTests extends Plugin implements AnalysisPlugin {

    @Override
    public Map<String, AnalysisProvider<TokenFilterFactory>> getTokenFilters() {
        Map<String, AnalysisProvider<TokenFilterFactory>> filters = new HashMap<>();
        TokenFilters.register(filters);
        SynonymFilters.register(filters);
        return filters;
    }

    @Override
    public Map<String, AnalysisProvider<CharFilterFactory>> getCharFilters() {
        return CharFilters.all();
    }

    @Override
    public Map<String, AnalysisProvider<TokenizerFactory>> getTokenizers() {
        return Tokenizers.all();
    }

    @Override
    public Map<String, AnalysisProvider<AnalyzerProvider<? extends Analyzer>>> getAnalyzers() {
        return Map.of("english", (index, environment, name, settings) -> {
            onlyKnown(name, settings, "stopwords", "stopwords_path", "stem_exclusion");
            CharArraySet stopWords = Analysis.parseStopWords(environment, settings, EnglishAnalyzer.getDefaultStopSet());
            CharArraySet unstemmed = Analysis.parseStemExclusion(settings, CharArraySet.EMPTY_SET);
            return new English(name, settings, new EnglishAnalyzer(stopWords, unstemmed));
        });
    }

    /** Refuse a parameter that the component would have to ignore. */
    static void onlyKnown(String name, Settings settings, String... known) {
        TreeSet<String> unknown = new TreeSet<>(settings.keySet());
        unknown.removeIf(key -> key.startsWith("index.")); // handed over where there is no index
        unknown.removeAll(List.of("type", "version"));
        unknown.removeAll(List.of(known));
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("[" + name + "] on the test server does not know " + unknown);
        }
    }

    private static final class English extends AbstractIndexAnalyzerProvider<EnglishAnalyzer> {
        private final EnglishAnalyzer analyzer;

        English(String name, Settings settings, EnglishAnalyzer analyzer) {
            super(name, settings);
            this.analyzer = analyzer;
        }

        @Override
        public EnglishAnalyzer get() {
            return analyzer;
        }
    }
}
