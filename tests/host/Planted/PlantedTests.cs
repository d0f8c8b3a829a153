using System.Linq;
using DoorController.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Planted
{
    /// <summary>The faults that the tests are tried with fit the code as it is.</summary>
    [TestClass]
    public sealed class PlantedTests
    {
        private const int Least = 60;

        [TestMethod]
        public void Each_fault_can_be_planted_and_changes_the_code()
        {
            PlantedBug[] bugs = PlantedBug.All();
            Assert.IsGreaterThanOrEqualTo(Least, bugs.Length);
            foreach (PlantedBug bug in bugs)
            {
                Assert.AreNotEqual(RepositoryFiles.Text(bug.File), bug.Apply(), bug.Name);
            }
        }

        [TestMethod]
        public void The_document_says_of_each_who_finds_it()
        {
            string[][] rows = MarkdownTable.Rows(RepositoryFiles.Text("tests/PROOF.md"), "Planted faults");
            CollectionAssert.AreEqual(PlantedBug.All().Select(b => $"{b.Name}: {b.What}").ToArray(), rows.Select(r => $"{r[0]}: {r[1]}").ToArray());
            foreach (string[] row in rows)
            {
                Assert.MatchesRegex(@"^(seed \d{1,4}: |test `)", row[2], row[0]);
            }
        }

        [TestMethod]
        public void A_class_of_tests_that_is_named_is_there()
        {
            string[] classes = [.. typeof(PlantedTests).Assembly.GetTypes().Select(t => t.Name)];
            foreach (PlantedBug bug in PlantedBug.All().Where(b => b.Tests.Length > 0))
            {
                Assert.IsEmpty(bug.Tests.Split('|').Except(classes), bug.Name);
            }
        }
    }
}
