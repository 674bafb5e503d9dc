package org.connectedlocalism.analysis;

import static org.connectedlocalism.analysis.AnalysisForTests.onlyKnown;

import java.io.IOException;
import java.io.StringReader;
import java.text.ParseException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.synonym.SolrSynonymParser;
import org.apache.lucene.analysis.synonym.SynonymFilter;
import org.apache.lucene.analysis.synonym.SynonymGraphFilter;
import org.apache.lucene.analysis.synonym.SynonymMap;
import org.apache.lucene.util.CharsRef;
import org.apache.lucene.util.CharsRefBuilder;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.index.IndexService.IndexCreationContext;
import org.elasticsearch.index.analysis.AbstractTokenFilterFactory;
import org.elasticsearch.index.analysis.AnalysisMode;
import org.elasticsearch.index.analysis.CharFilterFactory;
import org.elasticsearch.index.analysis.CustomAnalyzer;
import org.elasticsearch.index.analysis.TokenFilterFactory;
import org.elasticsearch.index.analysis.TokenizerFactory;
import org.elasticsearch.indices.analysis.AnalysisModule.AnalysisProvider;
import org.elasticsearch.plugins.AnalysisPlugin;

/**
 * {@code synonym} and {@code synonym_graph} with their rules in the index settings.
 *
 * <p>Rules are analysed with the tokenizer and the filters that stand before the synonyms in the
 * analyser, so that a rule in plain words meets stemmed or folded tokens.
 */
final class SynonymFilters extends AbstractTokenFilterFactory {
    private final List<String> rules;
    private final boolean expand;
    private final boolean lenient;
    private final boolean updateable;
    private final boolean graph;

    private SynonymFilters(String name, Settings settings, boolean graph) {
        super(name, settings);
        onlyKnown(name, settings, "synonyms", "expand", "lenient", "updateable", "format");
        if (settings.get("format", "solr").equals("solr") == false) {
            throw new IllegalArgumentException("The test server reads synonyms in the solr format only");
        }
        this.rules = settings.getAsList("synonyms", null);
        if (rules == null) {
            throw new IllegalArgumentException("synonym requires [synonyms] to be configured");
        }
        this.expand = settings.getAsBoolean("expand", true);
        this.updateable = settings.getAsBoolean("updateable", false);
        this.lenient = settings.getAsBoolean("lenient", updateable);
        this.graph = graph;
    }

    static void register(Map<String, AnalysisProvider<TokenFilterFactory>> filters) {
        filters.put("synonym", AnalysisPlugin.requiresAnalysisSettings(
            (index, environment, name, settings) -> new SynonymFilters(name, settings, false)));
        filters.put("synonym_graph", AnalysisPlugin.requiresAnalysisSettings(
            (index, environment, name, settings) -> new SynonymFilters(name, settings, true)));
    }

    @Override
    public TokenStream create(TokenStream stream) {
        throw new IllegalStateException("Synonyms are built with the filters before them");
    }

    @Override
    public AnalysisMode getAnalysisMode() {
        return updateable ? AnalysisMode.SEARCH_TIME : AnalysisMode.ALL;
    }

    @Override
    public TokenFilterFactory getChainAwareTokenFilterFactory(
        IndexCreationContext context,
        TokenizerFactory tokenizer,
        List<CharFilterFactory> charFilters,
        List<TokenFilterFactory> previous,
        Function<String, TokenFilterFactory> allFilters
    ) {
        TokenFilterFactory[] before = previous.stream().map(TokenFilterFactory::getSynonymFilter).toArray(TokenFilterFactory[]::new);
        Analyzer analyzer = new CustomAnalyzer(tokenizer, charFilters.toArray(CharFilterFactory[]::new), before);
        return new Built(parse(analyzer));
    }

    private SynonymMap parse(Analyzer analyzer) {
        try {
            Parser parser = new Parser(expand, lenient, analyzer);
            parser.parse(new StringReader(String.join("\n", rules)));
            return parser.build();
        } catch (IOException | ParseException | IllegalArgumentException error) {
            throw new IllegalArgumentException("failed to build synonyms from [" + name() + "]", error);
        }
    }

    /** In lenient mode a word that the analyser turns into nothing is left out, not an error. */
    private static final class Parser extends SolrSynonymParser {
        private final boolean lenient;

        Parser(boolean expand, boolean lenient, Analyzer analyzer) {
            super(true, expand, analyzer);
            this.lenient = lenient;
        }

        @Override
        public CharsRef analyze(String text, CharsRefBuilder reuse) throws IOException {
            try {
                return super.analyze(text, reuse);
            } catch (IllegalArgumentException error) {
                if (lenient) {
                    return new CharsRef("");
                }
                throw error;
            }
        }

        @Override
        public void add(CharsRef input, CharsRef output, boolean includeOriginal) {
            if (lenient && (input.length == 0 || output.length == 0)) {
                return;
            }
            super.add(input, output, includeOriginal);
        }
    }

    private final class Built implements TokenFilterFactory {
        private final SynonymMap synonyms;

        Built(SynonymMap synonyms) {
            this.synonyms = synonyms;
        }

        @Override
        public String name() {
            return SynonymFilters.this.name();
        }

        @Override
        @SuppressWarnings("deprecation") // the manual's [synonym] filter is this class
        public TokenStream create(TokenStream stream) {
            if (synonyms.fst == null) {
                return stream; // no rules
            }
            return graph ? new SynonymGraphFilter(stream, synonyms, false) : new SynonymFilter(stream, synonyms, false);
        }

        @Override
        public TokenFilterFactory getSynonymFilter() {
            return IDENTITY_FILTER; // a second list is not parsed through the first
        }

        @Override
        public AnalysisMode getAnalysisMode() {
            return SynonymFilters.this.getAnalysisMode();
        }
    }
}
