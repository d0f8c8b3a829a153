using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DoorController.Tests.Architecture
{
    /// <summary>
    /// Lines of the functions of a tree: of the body of each method, constructor, operator, accessor and local function, with its
    /// braces. A function without a body counts for nothing, and a local one counts in the function around it too.
    /// </summary>
    internal sealed class FunctionLengths
    {
        private readonly (int Lines, string Place)[] _functions;

        /// <summary>Counts.</summary>
        public FunctionLengths(IEnumerable<SyntaxTree> files) => _functions =
        [
            .. files.SelectMany(f => f.GetRoot().DescendantNodes().Select(Body).OfType<SyntaxNode>()).Select(Measure).OrderBy(f => f.Lines),
        ];

        /// <summary>Functions counted.</summary>
        public int Count => _functions.Length;

        /// <summary>Lines of the longest.</summary>
        public int Longest => _functions[^1].Lines;

        /// <summary>Lines that so many of a hundred functions do not exceed.</summary>
        public int Percentile(int percent) => _functions[(((_functions.Length * percent) + 99) / 100) - 1].Lines;

        /// <summary>Where the functions are that are longer, the longest last.</summary>
        public IReadOnlyList<string> LongerThan(int lines) => [.. _functions.Where(f => f.Lines > lines).Select(f => $"{f.Place}: {f.Lines} lines")];

        private static SyntaxNode? Body(SyntaxNode node) => node switch
        {
            BaseMethodDeclarationSyntax method => (SyntaxNode?)method.Body ?? method.ExpressionBody,
            AccessorDeclarationSyntax accessor => (SyntaxNode?)accessor.Body ?? accessor.ExpressionBody,
            LocalFunctionStatementSyntax local => (SyntaxNode?)local.Body ?? local.ExpressionBody,
            PropertyDeclarationSyntax property => property.ExpressionBody,
            IndexerDeclarationSyntax indexer => indexer.ExpressionBody,
            _ => null,
        };

        private static (int Lines, string Place) Measure(SyntaxNode body)
        {
            FileLinePositionSpan span = body.GetLocation().GetLineSpan();
            return (span.EndLinePosition.Line - span.StartLinePosition.Line + 1, $"{span.Path}:{span.StartLinePosition.Line + 1}");
        }
    }
}
