using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Scenes
{
    /// <summary>A few of the scenes that .ci/run plays by the thousand, and the means to find what is wrong with one.</summary>
    [TestClass]
    public sealed class ScenesTests
    {
        [TestMethod]
        public void Some_scenes_hold_every_promise()
        {
            SceneCounts counts = new();
            foreach (Scene scene in Enumerable.Range(1, 100).Select(seed => new Scene(seed)))
            {
                SceneFailure? failure = scene.Play(scene.Plan(), counts);
                Assert.IsNull(failure, $"seed {scene.Seed}: {failure?.Message}");
            }

            Assert.AreEqual(100, counts.Scenes);
            Assert.IsGreaterThan(100 * Scene.LeastSteps, counts.Steps);
            Assert.IsGreaterThan(500, counts.Pulses);
        }

        [TestMethod]
        public void The_same_seed_gives_the_same_scene()
        {
            string[] told = [.. Enumerable.Range(0, 2).Select(_ =>
            {
                List<string> lines = [];
                Scene scene = new(17);
                scene.Play(scene.Plan(), new SceneCounts(), lines.Add);
                return string.Join('\n', lines);
            })];
            Assert.IsGreaterThan(Scene.LeastSteps, told[0].Split('\n').Length);
            Assert.AreEqual(told[0], told[1]);
        }

        [TestMethod]
        public void What_breaks_is_shrunk_to_the_steps_that_do_it()
        {
            IReadOnlyList<SceneStep> plan = new Scene(3).Plan();
            SceneStep[] guilty = [plan[11], plan[40]];
            IReadOnlyList<SceneStep> found = SceneShrinker.Shrink(plan, steps => guilty.All(steps.Contains));
            CollectionAssert.AreEqual(guilty, found.ToArray());
        }

        [TestMethod]
        public void A_long_run_goes_on_where_it_was_and_sums_up()
        {
            string file = Path.GetTempFileName();
            File.WriteAllText(file, "1 10000 700000 150000 60000 0 2026-11-26\n10001 10000 700001 150000 60000 0 2026-11-27\n");
            Assert.AreEqual(0, ScenesCommand.Scenes().Parse(["--sum", file, "--count", "20000"]).Invoke());
            Assert.AreEqual("20000 scenes, 1400001 steps, 300000 pulses, 120000 cuts of the power, 0 promises broken, 2026-11-26 to 2026-11-27", ScenesCommand.SumOf(file));
            File.Delete(file);
        }
    }
}
